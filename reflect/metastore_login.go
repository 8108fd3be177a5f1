package hivereflect

import (
	"context"
	"errors"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/delegation"
	"github.com/skep-go/skep/internal/krb"
	"github.com/skep-go/skep/internal/sasl"
)

// sasl reports whether the login is one by which the server learns the user's name.
func (c *MetastoreConfig) sasl() bool {
	return c.Auth == MetastoreKerberos || c.Auth == MetastoreDelegation
}

// checkSASL finds what is missing for such a login, and what contradicts.
func (c *MetastoreConfig) checkSASL() error {
	if c.Auth == MetastoreKerberos {
		var wrong *hive.ConfigError
		err := (&hive.Config{Host: "localhost", User: c.User, Password: c.Password, Auth: hive.AuthKerberos, Kerberos: c.Kerberos}).Validate()
		if errors.As(err, &wrong) {
			return &ConfigError{"Kerberos", wrong.Key + ": " + wrong.Reason}
		}
		return nil
	}
	if _, err := delegation.Parse(c.Token); err != nil {
		return &ConfigError{"Token", err.Error()}
	}
	if c.Kerberos != (hive.KerberosConfig{QOP: c.Kerberos.QOP}) {
		return &ConfigError{"Kerberos", "a delegation token has no use for its settings, but for QOP"}
	}
	return nil
}

// mechanism is that of the login at host, nil for none.
func (c *MetastoreConfig) mechanism(ctx context.Context, host string) (sasl.Mechanism, error) {
	switch c.Auth {
	case MetastorePlain:
		return sasl.Plain{User: c.User, Password: c.Password}, nil
	case MetastoreDelegation:
		token, err := delegation.Parse(c.Token)
		return token.Login(sasl.QOP(c.Kerberos.QOP)), err
	case MetastoreKerberos:
		k := &c.Kerberos
		service, err := krb.ParseService(k.Principal)
		if err != nil {
			return nil, err
		}
		ticket, err := krb.Shared(krb.Settings{
			Conf: k.ConfFile, ConfText: k.ConfText, Client: c.User, Password: c.Password, Keytab: k.Keytab, Cache: k.TicketCache,
		}).Ticket(ctx, service.At(ctx, host, !k.PlainHost))
		if err != nil {
			return nil, err
		}
		return krb.NewMechanism(ticket, sasl.QOP(k.QOP)), nil
	}
	return nil, nil
}

// refused gives a login that failed its public type.
func (c *MetastoreConfig) refused(e *endpoint, m sasl.Mechanism, err error) error {
	var failed *krb.Error
	var refused *sasl.RefusedError
	var qop *sasl.QOPError
	switch {
	case errors.As(err, &failed):
		return &hive.KerberosError{
			Addr: e.uri.Host, Step: hive.KerberosStep(failed.Step), Client: failed.Client, Service: failed.Service,
			Code: failed.Code, Hint: failed.Hint, Err: failed.Err,
		}
	case errors.As(err, &refused), errors.As(err, &qop):
		user := c.User
		if k, ok := m.(*krb.Mechanism); ok {
			k.Ticket().Discard() // the server's key may be another one by now
			user = k.Ticket().Client()
		}
		return &PermissionError{user, "log in", err}
	}
	return &ProtocolError{e.uri.String(), err, "does the server want another login?"}
}
