package hive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/skep-go/skep/internal/krb"
	"github.com/skep-go/skep/internal/sasl"
)

// KerberosConfig says how to log in with Kerberos. Who logs in is [Config.User], a principal such as ana or
// ana@EXAMPLE.COM, and what with is one of Keytab, [Config.Password] and TicketCache; without any of them it is the
// ticket cache that kinit fills.
//
// Tickets are kept in memory for all sessions with equal settings. With a keytab or a password a new one is got when it
// is needed; a ticket cache is read for each session, and its ticket is renewed in memory for as long as the KDC allows.
// A session that is open stays so when the ticket expires.
type KerberosConfig struct {
	// Principal is that of the server, such as hive/_HOST@EXAMPLE.COM, where _HOST stands for the host's name. Required,
	// but over HTTP, where the default is HTTP/_HOST.
	Principal string
	// QOP is what is done with all that is sent after the login: "auth" for nothing, "auth-int" to sign it, "auth-conf" to
	// encrypt it. Default: the strongest that the server offers (hive.server2.thrift.sasl.qop). Over HTTP it is TLS that
	// protects.
	QOP string
	// Keytab is the name of a file with the keys of User, which may be left out if the file has only one principal's.
	Keytab string
	// TicketCache is the name of a file that kinit has filled. Default: that of KRB5CCNAME, or else of default_ccache_name
	// in krb5.conf, or else /tmp/krb5cc_UID.
	TicketCache string
	// ConfFile is the name of krb5.conf. Default: that of KRB5_CONFIG, or else /etc/krb5.conf.
	ConfFile string
	// ConfText is a text that takes the place of krb5.conf. Default none.
	ConfText string
	// PlainHost puts [Config.Host] in place of _HOST as it is. Default: the name that DNS has for its address.
	PlainHost bool
}

// AuthKerberos is SASL GSSAPI, or Negotiate over HTTP, for hive.server2.authentication KERBEROS. It is the default if
// there is a [KerberosConfig] with a Principal.
const AuthKerberos AuthMode = "kerberos"

var (
	_ = registerAuth(AuthKerberos, checkKerberos)
	_ = registerParams(
		stringParam("principal", func(c *Config) *string { return &c.Kerberos.Principal }),
		param{key: "saslQop", jdbc: []string{"sasl.qop"}, set: setQOP, get: func(c *Config) string { return c.Kerberos.QOP }, check: checkQOP},
		stringParam("keytab", func(c *Config) *string { return &c.Kerberos.Keytab }),
		stringParam("ticketCache", func(c *Config) *string { return &c.Kerberos.TicketCache }),
		stringParam("krb5conf", func(c *Config) *string { return &c.Kerberos.ConfFile }),
		confTextParam(),
		canonicalHostParam(),
	)
)

func setQOP(c *Config, value string) error {
	c.Kerberos.QOP = strings.ToLower(value)
	return checkQOP(c)
}

func checkQOP(c *Config) error {
	switch q := sasl.QOP(c.Kerberos.QOP); {
	case q == "" || q == sasl.Auth:
	case !q.Valid():
		return errors.New("want auth, auth-int or auth-conf")
	case c.Transport == TransportHTTP:
		return &ConfigError{Key: "saslQop", Value: string(q), Reason: "over HTTP there is no protection but TLS: write tls=true in its place"}
	}
	return nil
}

func confTextParam() param {
	p := stringParam("krb5confText", func(c *Config) *string { return &c.Kerberos.ConfText })
	p.check = func(c *Config) error { return checkPlainText(c.Kerberos.ConfText, "\t\r\n") }
	return p
}

func canonicalHostParam() param {
	p := wordParam("canonicalHost", "false", "true", func(c *Config) *bool { return &c.Kerberos.PlainHost })
	p.jdbc = []string{"kerberosEnableCanonicalHostnameCheck"}
	return p
}

// checkKerberos finds what is missing and what contradicts.
func checkKerberos(c *Config) error {
	k := &c.Kerberos
	if k.Principal == "" && c.Transport != TransportHTTP && !c.Discovery.byZooKeeper() { // where servers publish it
		return &ConfigError{Key: "principal", Reason: "missing: kerberos needs the server's, such as hive/_HOST@EXAMPLE.COM"}
	}
	if _, err := krb.ParseService(k.service()); err != nil {
		return &ConfigError{Key: "principal", Reason: err.Error()}
	}
	switch {
	case k.Keytab != "" && c.Password != "":
		return errors.New("keytab and password are both set: remove one of the two")
	case k.TicketCache != "" && (k.Keytab != "" || c.Password != ""):
		return &ConfigError{Key: "ticketCache", Reason: "contradicts keytab and password: it is one of the three"}
	case c.Password != "" && c.User == "":
		return errors.New("kerberos with a password needs a user, and user is empty")
	case k.ConfFile != "" && k.ConfText != "":
		return &ConfigError{Key: "krb5confText", Reason: "contradicts krb5conf: it is one of the two"}
	}
	return nil
}

// checkNoKerberos refuses, beside another way to log in, what would be thought to have an effect.
func checkNoKerberos(c *Config) error {
	k := c.Kerberos
	if k.QOP == string(sasl.Auth) || c.authMode() == AuthDelegationToken {
		k.QOP = "" // which asks for nothing, or not for Kerberos
	}
	if k != (KerberosConfig{}) {
		return fmt.Errorf("settings of Kerberos are there, but auth is %s: write auth=kerberos, or remove them", c.authMode())
	}
	return nil
}

// service is the principal of the server, with its default.
func (k *KerberosConfig) service() string { return cmp.Or(k.Principal, "HTTP/_HOST") }

// tickets gets tickets for the server at host.
func (c *Config) tickets(ctx context.Context, host string) (func(context.Context) (*krb.Ticket, error), error) {
	k := &c.Kerberos
	service, err := krb.ParseService(k.service())
	if err != nil {
		return nil, err
	}
	if c.ip.IsValid() && !k.PlainHost {
		host = c.ip.String() // whose name in DNS is that of the server, and no other's
	}
	service = service.At(ctx, host, !k.PlainHost)
	return func(ctx context.Context) (*krb.Ticket, error) {
		return krb.Shared(krb.Settings{
			Conf: k.ConfFile, ConfText: k.ConfText, Client: c.User, Password: c.Password, Keytab: k.Keytab, Cache: k.TicketCache,
		}).Ticket(ctx, service)
	}, nil
}

// kerberosLogin is SASL GSSAPI with a ticket for the server.
func kerberosLogin(ctx context.Context, cfg *Config, host string) (sasl.Mechanism, error) {
	tickets, err := cfg.tickets(ctx, host)
	if err != nil {
		return nil, err
	}
	ticket, err := tickets(ctx)
	if err != nil {
		return nil, kerberosError(cfg, err)
	}
	return krb.NewMechanism(ticket, sasl.QOP(cfg.Kerberos.QOP)), nil
}

// KerberosStep is a part of a login with Kerberos.
type KerberosStep string

// The steps of a login, in their order.
const (
	KerberosConf        = KerberosStep(krb.StepConf)        // reading krb5.conf
	KerberosCredentials = KerberosStep(krb.StepCredentials) // reading the keytab or the ticket cache
	KerberosLogin       = KerberosStep(krb.StepLogin)       // asking the KDC for a ticket-granting ticket
	KerberosTicket      = KerberosStep(krb.StepTicket)      // asking the KDC for a ticket for the server
	KerberosServer      = KerberosStep(krb.StepServer)      // showing the server the ticket
)

// KerberosError is a login with Kerberos that failed. The cause is in its tree: the end of a context, an [*AuthError] if
// the server refused, [io/fs.ErrNotExist] for a missing file.
type KerberosError struct {
	// Addr is the server's address.
	Addr string
	// Step is what failed.
	Step KerberosStep
	// Client and Service are the principals of the user and of the server, as far as they are known.
	Client, Service string
	// Code is the error's number in Kerberos (RFC 4120, 7.5.9), such as 37 for clocks that differ; 0 if it has none.
	Code int
	// Hint is what to check, empty if there is nothing to add.
	Hint string
	Err  error
}

func (e *KerberosError) Error() string {
	inner := krb.Error{Step: krb.Step(e.Step), Client: e.Client, Service: e.Service, Code: e.Code, Hint: e.Hint, Err: e.Err}
	return "hive: " + e.Addr + ": Kerberos: " + inner.Error()
}

// Unwrap gives the cause.
func (e *KerberosError) Unwrap() error { return e.Err }

// kerberosError gives an error of package krb its public type, and leaves others alone.
func kerberosError(cfg *Config, err error) error {
	var e *krb.Error
	if !errors.As(err, &e) {
		return err
	}
	return &KerberosError{Addr: cfg.Addr(), Step: KerberosStep(e.Step), Client: e.Client, Service: e.Service, Code: e.Code, Hint: e.Hint, Err: e.Err}
}

// refusedTicket tells what the server's refusal may come from, which it does not tell itself, and forgets the ticket:
// the server's key may be another one by now.
func refusedTicket(cfg *Config, ticket *krb.Ticket, message string) error {
	ticket.Discard()
	refused := &AuthError{Addr: cfg.Addr(), User: ticket.Client(), Auth: cfg.Auth, Message: message}
	e := &KerberosError{Addr: cfg.Addr(), Step: KerberosServer, Client: ticket.Client(), Service: ticket.Service(), Err: refused}
	switch {
	case strings.Contains(message, "Unsupported mechanism"), strings.Contains(message, errOtherScheme):
		e.Hint = "the server has no Kerberos: does auth=" + string(cfg.Auth) + " match it?"
	default:
		e.Hint = "is this the server's principal, is the key in its keytab the KDC's, does its clock agree with ours? Its log tells more"
	}
	return e
}
