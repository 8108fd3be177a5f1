package hivereflect

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/sasl"
)

// MetastoreConfig says where a metastore is, who asks, and how much at once. The zero value is a metastore on this
// machine without authentication. Printing it shows no secret.
type MetastoreConfig struct {
	// URIs are metastores over the same data: thrift://host:port, or http://host:port/path and https:// of Hive 4. They
	// are tried in their order; one that fails is left alone for a while. The default port is 9083, the default path
	// /metastore. Default thrift://localhost:9083.
	URIs []string
	// Auth is how to log in. Default MetastoreNone.
	Auth MetastoreAuth
	// User is who asks. Default "anonymous", or with MetastoreKerberos the one whom keytab or ticket cache are of, and with
	// MetastoreDelegation the one whom the token is of.
	User string
	// Password is for MetastorePlain, and one of the ways to log in with MetastoreKerberos.
	Password string
	// Token is for MetastoreToken and MetastoreDelegation.
	Token string
	// Kerberos is for MetastoreKerberos; its QOP is for MetastoreDelegation, too. Its Principal is the metastore's
	// (hive.metastore.kerberos.principal), the protection that the metastore offers is its hadoop.rpc.protection.
	Kerberos hive.KerberosConfig
	// TLS, unless nil, has thrift:// go over TLS. It is for https://, too. The server's certificate is verified unless it
	// says otherwise.
	TLS *tls.Config
	// Framed: the server has metastore.thrift.framed.transport.enabled.
	Framed bool
	// Dialer makes TCP connections. Default that of package net.
	Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

	// ConnectTimeout bounds the making of a connection. Default 30s; negative for no limit but the context's.
	ConnectTimeout time.Duration
	// IOTimeout is the longest wait for a reply. Default 10 minutes, as Hive's own client has it; negative for no limit but
	// the context's.
	IOTimeout time.Duration
	// MaxMessageSize bounds a reply in bytes. Default 100 MiB.
	MaxMessageSize int
	// Connections is how many there are at most, and so how many requests the server works on. Default 4.
	Connections int
	// Batch is how many tables one request asks for. Default 100. Of partitions a request asks for as many as make a reply of
	// about 768 KiB.
	Batch int
	// NoConstraints leaves constraints, NOT NULL and defaults of columns away. Tables come by the batch, but these are asked
	// for table by table, which takes the server longer than all the rest.
	NoConstraints bool
	// Progress, unless nil, is called by Describe and Partitions after each batch, from the goroutine of the caller.
	Progress func(Progress)
}

// Progress is how far a long piece of work has come.
type Progress struct {
	Schema string
	Table  string // whose partitions are read, or "" if tables are
	Done   int
	Total  int
}

// MetastoreAuth is how to log in to a metastore.
type MetastoreAuth string

// The ways to log in.
const (
	// MetastoreNone has the server believe the name of the user.
	MetastoreNone MetastoreAuth = "none"
	// MetastorePlain is a user with a password, for a server whose metastore.authentication is LDAP, PAM, CUSTOM or CONFIG.
	MetastorePlain MetastoreAuth = "plain"
	// MetastoreToken is a JSON web token, over HTTP.
	MetastoreToken MetastoreAuth = "token"
	// MetastoreKerberos is Kerberos, for a server with hive.metastore.sasl.enabled.
	MetastoreKerberos MetastoreAuth = "kerberos"
	// MetastoreDelegation is a delegation token, which such a server has given to somebody with Kerberos.
	MetastoreDelegation MetastoreAuth = "delegationToken"
)

// ConfigError tells what is wrong with a [MetastoreConfig].
type ConfigError struct {
	Field  string
	Reason string
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("hivereflect: MetastoreConfig.%s: %s", e.Field, e.Reason)
}

// ParseMetastore makes a configuration of URIs as hive.metastore.uris has them: "thrift://a:9083,thrift://b:9083". The
// error is a [*ConfigError].
func ParseMetastore(uris string) (MetastoreConfig, error) {
	var cfg MetastoreConfig
	for uri := range strings.SplitSeq(uris, ",") {
		if uri = strings.TrimSpace(uri); uri != "" {
			cfg.URIs = append(cfg.URIs, uri)
		}
	}
	if len(cfg.URIs) == 0 {
		return cfg, &ConfigError{"URIs", "there is none"}
	}
	_, err := cfg.endpoints()
	return cfg, err
}

// withDefaults returns a copy in which no field that has a default is zero.
func (c MetastoreConfig) withDefaults() MetastoreConfig {
	c.URIs = slices.Clone(c.URIs)
	if len(c.URIs) == 0 {
		c.URIs = []string{"thrift://localhost:9083"}
	}
	c.Auth = cmp.Or(c.Auth, MetastoreNone)
	if !c.sasl() {
		c.User = cmp.Or(c.User, "anonymous")
	}
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, 30*time.Second)
	c.IOTimeout = max(cmp.Or(c.IOTimeout, 10*time.Minute), 0)
	c.MaxMessageSize = cmp.Or(c.MaxMessageSize, 100<<20)
	c.Connections = cmp.Or(c.Connections, 4)
	c.Batch = cmp.Or(c.Batch, 100)
	if c.Dialer == nil {
		c.Dialer = new(net.Dialer).DialContext
	}
	return c
}

// check refuses a configuration, with its defaults set, that cannot work.
func (c *MetastoreConfig) check() error {
	for _, n := range []struct {
		field string
		value int
	}{{"MaxMessageSize", c.MaxMessageSize}, {"Connections", c.Connections}, {"Batch", c.Batch}} {
		if n.value < 1 {
			return &ConfigError{n.field, "want a positive number"}
		}
	}
	if k := c.Kerberos; k != (hive.KerberosConfig{}) && !c.sasl() {
		return &ConfigError{"Kerberos", fmt.Sprintf("it has settings, but Auth is %q", c.Auth)}
	}
	switch c.Auth {
	case MetastoreNone:
	case MetastoreKerberos, MetastoreDelegation:
		return c.checkSASL()
	case MetastorePlain:
		if _, err := (sasl.Plain{User: c.User, Password: c.Password}).Start(); err != nil {
			return &ConfigError{"Password", err.Error()}
		}
	case MetastoreToken:
		if c.Token == "" {
			return &ConfigError{"Token", "MetastoreToken wants one"}
		}
	default:
		return &ConfigError{"Auth", fmt.Sprintf("%q is not supported; it may be %q, %q, %q, %q or %q", c.Auth, MetastoreNone, MetastorePlain, MetastoreToken, MetastoreKerberos, MetastoreDelegation)}
	}
	return nil
}

// endpoints reads the URIs.
func (c *MetastoreConfig) endpoints() ([]*endpoint, error) {
	var all []*endpoint
	for _, uri := range c.URIs {
		u, err := url.Parse(uri)
		if err != nil || u.Hostname() == "" {
			return nil, &ConfigError{"URIs", fmt.Sprintf("%q is none; want thrift://host:port", uri)}
		}
		if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return nil, &ConfigError{"URIs", fmt.Sprintf("%q has more than a host, a port and a path", u.Redacted())}
		}
		switch {
		case u.Scheme == "thrift" && c.Auth == MetastoreToken:
			return nil, &ConfigError{"Auth", "tokens go over HTTP: want http:// or https:// in the URIs"}
		case u.Scheme == "thrift" && strings.Trim(u.Path, "/") == "":
		case u.Scheme == "thrift":
			return nil, &ConfigError{"URIs", fmt.Sprintf("%q has a path", uri)}
		case u.Scheme != "http" && u.Scheme != "https":
			return nil, &ConfigError{"URIs", fmt.Sprintf("%q does not begin with thrift://, http:// or https://", uri)}
		case c.Auth == MetastorePlain || c.sasl():
			return nil, &ConfigError{"Auth", fmt.Sprintf("over HTTP the metastore takes tokens of JSON alone, and not %q", c.Auth)}
		case strings.Trim(u.Path, "/") == "":
			u.Path = "/metastore"
		}
		if u.Port() == "" {
			u.Host = net.JoinHostPort(u.Hostname(), "9083")
		}
		all = append(all, &endpoint{uri: u})
	}
	return all, nil
}

// String shows where the metastore is, and no secret.
func (c MetastoreConfig) String() string {
	user := cmp.Or(c.User, "anonymous")
	if c.sasl() {
		user = cmp.Or(c.User, "whom the login is of")
	}
	return fmt.Sprintf("%s as %s (%s)", strings.Join(c.URIs, ","), user, cmp.Or(c.Auth, MetastoreNone))
}

// Format prints [MetastoreConfig.String] whatever the verb and flags, for %+v would else print the fields.
func (c MetastoreConfig) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), c.String())
}

// LogValue is [MetastoreConfig.String], for package log/slog.
func (c MetastoreConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

var (
	_ fmt.Formatter  = MetastoreConfig{}
	_ fmt.Stringer   = MetastoreConfig{}
	_ slog.LogValuer = MetastoreConfig{}
)
