package hive

import (
	"context"
	"fmt"
	"net/http"

	"github.com/skep-go/skep/internal/krb"
	"github.com/skep-go/skep/internal/transport"
)

// negotiator logs requests over HTTP in by tickets.
type negotiator struct {
	cfg     *Config
	tickets func(context.Context) (*krb.Ticket, error)
}

// negotiateLogin gets the first ticket at once, for as long as the caller waits.
func negotiateLogin(ctx context.Context, cfg *Config) (transport.Authenticator, error) {
	tickets, err := cfg.tickets(ctx, cfg.Host)
	if err != nil {
		return nil, err
	}
	if _, err := tickets(ctx); err != nil {
		return nil, kerberosError(cfg, err)
	}
	return &negotiator{cfg, tickets}, nil
}

// errOtherScheme begins the text about a server that does not ask to negotiate.
const errOtherScheme = "HTTP status 401, and what it asks for is not Negotiate but "

// Credential implements [transport.Authenticator]. After a refusal it is a new ticket that is shown: the server's key may be
// another one by now.
func (n *negotiator) Credential(ctx context.Context, refused []string) (transport.Credential, error) {
	ticket, err := n.tickets(ctx)
	again := refused != nil
	if err == nil && again {
		if !krb.AsksToNegotiate(refused) {
			return transport.Credential{}, refusedTicket(n.cfg, ticket, fmt.Sprintf("%s%q", errOtherScheme, refused))
		}
		ticket.Discard()
		ticket, err = n.tickets(ctx)
	}
	if err != nil {
		return transport.Credential{}, kerberosError(n.cfg, err)
	}
	value, verify, err := ticket.Negotiate()
	if err != nil {
		return transport.Credential{}, kerberosError(n.cfg, err)
	}
	shown := transport.Authorization(value)
	shown.Check = func(r *http.Response) error {
		switch {
		case r.StatusCode != http.StatusUnauthorized:
			return kerberosError(n.cfg, verify(r.Header.Values("Www-Authenticate")))
		case again:
			return refusedTicket(n.cfg, ticket, "HTTP status 401 for a new ticket")
		}
		return nil // there is another try
	}
	return shown, nil
}
