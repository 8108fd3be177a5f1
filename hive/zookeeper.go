package hive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/skep-go/skep/internal/discovery"
	"github.com/skep-go/skep/internal/krb"
	"github.com/skep-go/skep/internal/sasl"
)

// zooKeeper is the source that is asked when c says so.
func (c *Config) zooKeeper() *discovery.ZooKeeper {
	var quorum []string
	for _, s := range c.servers() {
		if s.Port == 0 {
			s.Port = zooKeeperPort
		}
		quorum = append(quorum, joinHostPort(s.Host, s.Port))
	}
	_, chroot, _ := cutChroot(c.Hosts[len(c.Hosts)-1])
	c = c.withDefaults()
	dial := func(ctx context.Context, addr string) (net.Conn, error) {
		nc, err := c.dialer()(ctx, "tcp", addr)
		if err != nil || !c.ZooKeeper.TLS.Enabled {
			return nc, err
		}
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			nc.Close()
			return nil, err
		}
		return c.ZooKeeper.TLS.encrypt(ctx, "zkTLS", host, nc)
	}
	namespace := chroot + "/" + c.ZooKeeper.Namespace
	z := discovery.NewZooKeeper(quorum, namespace, dial)
	if c.Discovery == DiscoveryZooKeeperHA {
		z = discovery.NewLeader(quorum, namespace, c.Auth == AuthKerberos, dial)
	}
	if c.ZooKeeper.Principal != "" {
		z.Login = c.zooKeeperLogin
	}
	return z
}

// zooKeeperLogin logs in to one of ZooKeeper's servers as c does to HiveServer2, but for another ticket.
func (c *Config) zooKeeperLogin(ctx context.Context, addr string, exchange func(token []byte) ([]byte, error)) error {
	at := c.Clone()
	at.Host, at.Port, _ = cutHostPort(addr)
	at.Kerberos.Principal = c.ZooKeeper.Principal
	tickets, err := at.tickets(ctx, at.Host)
	if err != nil {
		return err
	}
	ticket, err := tickets(ctx)
	if err == nil {
		err = showTicket(ticket, exchange)
	}
	if errors.Is(err, discovery.AuthFailed) {
		err = refusedTicket(at, ticket, discovery.AuthFailed.Error())
	}
	var failed *KerberosError
	if err = kerberosError(at, err); !errors.As(err, &failed) {
		return err
	}
	if failed.Step == KerberosServer && failed.Hint == "" { // one without SASL answers every token with nothing
		failed.Hint = "may one log in to this ZooKeeper by SASL with Kerberos? If not, leave zkPrincipal out"
	}
	return zooKeeperLoginError{failed}
}

// showTicket is SASL GSSAPI as ZooKeeper has it: an empty answer ends it, and what follows is not protected.
func showTicket(ticket *krb.Ticket, exchange func(token []byte) ([]byte, error)) error {
	m := krb.NewMechanism(ticket, sasl.Auth)
	token, err := m.Start()
	for err == nil {
		if token, err = exchange(token); len(token) == 0 {
			break
		}
		token, err = m.Next(token)
	}
	if err != nil {
		return err
	}
	_, err = m.Layer()
	return err
}

// zooKeeperLoginError is a KerberosError that stands behind the address, so that its text need not begin with it.
type zooKeeperLoginError struct{ err *KerberosError }

func (e zooKeeperLoginError) Error() string {
	return strings.TrimPrefix(e.err.Error(), "hive: "+e.err.Addr+": ")
}

func (e zooKeeperLoginError) Unwrap() error { return e.err }

// Final reports whether there is no use in asking another one of ZooKeeper's servers.
func (e zooKeeperLoginError) Final() bool { return isFinal(e.err) }

// checkZooKeeperPrincipal finds a login to ZooKeeper for which there is no ticket.
func checkZooKeeperPrincipal(c *Config) error {
	if c.ZooKeeper.Principal == "" {
		return nil
	}
	if err := checkPlainText(c.ZooKeeper.Principal, ""); err != nil {
		return err
	}
	if mode := c.authMode(); mode != AuthKerberos {
		return fmt.Errorf("logs in to ZooKeeper with Kerberos, but auth is %s: write auth=kerberos, or leave it out", mode)
	}
	_, err := krb.ParseService(c.ZooKeeper.Principal)
	return err
}
