package hive

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Config says where HiveServer2 is, who connects, and how the client behaves. A Config with a Host is complete: a field
// left zero has the default that its comment names. [ParseDSN] reads one from text, [Config.FormatDSN] writes it, and
// docs/dsn.md lists the text forms.
//
// A Config may be changed until it is given away; [Connect] works on a copy. Printing a Config with package fmt or
// log/slog shows no password.
type Config struct {
	// Host is the server's name or IP address, without a port and without the brackets of an IPv6 address. Required, unless
	// there are Hosts.
	Host string
	// Port is the TCP port. Default 10000.
	Port int
	// Hosts takes the place of Host and Port if there are several servers to choose from, each "host" or "host:port" with
	// an IPv6 address in brackets. With a Discovery by ZooKeeper it holds ZooKeeper's servers, whose default port is 2181;
	// the last one may be followed by the path of a znode to take for the root, "host:2181/path". Default none.
	Hosts []string
	// HostPolicy is the order in which several servers are tried. Default HostRandom.
	HostPolicy HostPolicy
	// Discovery is how the servers are found. Default: they are those that Host or Hosts name.
	Discovery Discovery
	// ZooKeeper has the settings of a Discovery by ZooKeeper.
	ZooKeeper ZooKeeperConfig
	// Database is the current database of a new session. Default "default".
	Database string

	// User is the name to log in with. Default "anonymous", or with AuthKerberos the one whom keytab or ticket cache are of, and with
	// AuthDelegationToken the one whom the token is of.
	User string
	// Password is the password of User. AuthLDAP requires it, AuthNone sends it if there is one, AuthNoSASL refuses it.
	// AuthKerberos gets a ticket with it.
	Password string
	// ProxyUser is the user to run statements as, if the server lets User impersonate (hive.server2.proxy.user).
	// Default: User itself.
	ProxyUser string
	// Auth is how to log in; it must be what the server expects. Default AuthNone, or AuthKerberos if Kerberos has a
	// Principal, AuthJWT if there is a Token, or AuthDelegationToken if there is a DelegationToken.
	Auth AuthMode
	// Kerberos is for AuthKerberos. Default none.
	Kerberos KerberosConfig
	// Token is a JSON web token for AuthJWT. Default: the environment variable JWT, unless TokenFile or TokenSource is set.
	Token string
	// TokenFile holds the token. It is read for each login, so that a token renewed in it is taken. Default none.
	TokenFile string
	// TokenSource gives tokens to AuthJWT. A DSN cannot name it. Default none.
	TokenSource TokenSource

	// DelegationToken is a token of the server for AuthDelegationToken. Default none.
	DelegationToken string
	// DelegationTokenFile is a file of Hadoop's tokens. Of these it is the one named hive, or one for HiveServer2. It is read
	// for each login. Default: that of the environment variable HADOOP_TOKEN_FILE_LOCATION, unless there is a DelegationToken.
	DelegationTokenFile string

	// Transport is how messages travel; it must be what the server expects. Default TransportBinary.
	Transport TransportMode
	// HTTP has the settings of TransportHTTP.
	HTTP HTTPConfig
	// TLS is how the connection is encrypted. Default: not at all.
	TLS TLSConfig

	// SessionConf are the Hive settings of a new session by name, as SET makes them (set:hiveconf:NAME). The server
	// refuses to open a session with a setting that it restricts. Default none.
	SessionConf map[string]string
	// SessionVars are the variables of a new session by name, for ${hivevar:NAME} (set:hivevar:NAME). Default none.
	SessionVars map[string]string

	// ApplicationName is the program that the session is for, as workload management on the server may map it to a pool
	// (set:hivevar:wmapp). Default none.
	ApplicationName string
	// Init is HiveQL to run in each new session: one statement, or several parted by semicolons. Their results are
	// dropped; if one fails there is no session. What they change counts as part of the new session, see
	// [Session.Changed]. Default none.
	Init string
	// InitFile is a file of such statements, which is read for each new session, and run before Init. Lines that begin
	// with # are left out. Default none.
	InitFile string
	// Resume makes the session outlive its connections: when one breaks, the session goes on over a new one, with its
	// settings, temporary tables and operations, and results go on with the row that they were at. A statement whose
	// answer was lost is not sent again; the error says that it may run. docs/sessions.md has the details, such as what
	// the server must allow. Default false: the server ends a session together with its connection, except over HTTP.
	Resume bool
	// SessionKeepAlive is how long a session may lie unused before it tells the server that it is still wanted, so that
	// the server does not end it for idleness (hive.server2.idle.session.timeout). Default 0, never.
	SessionKeepAlive time.Duration

	// ConnectTimeout bounds the making of a session: dial, login, OpenSession, InitFile and Init together. Default 30s; negative for
	// no limit but the context's.
	ConnectTimeout time.Duration
	// IOTimeout is the longest wait for a reply, or for the server to take what is written. A reply may be long in
	// coming: ExecuteStatement is answered only after the statement is compiled. Default 0, no limit but the context's.
	IOTimeout time.Duration
	// KeepAlive is the interval of TCP keep-alive probes, unless Dialer is set. Default 30s; negative for none.
	KeepAlive time.Duration
	// CancelTimeout bounds what is done in the background for a caller who has left: cancelling and closing on the
	// server. If it does not suffice, the connection is closed. Default 10s.
	CancelTimeout time.Duration
	// IdleCheck is how long a session may lie unused before [Session.Check], and so a pool, asks the server whether it
	// still knows it. Default 1s; negative for never.
	IdleCheck time.Duration
	// QueryTimeout is the time after which the server stops a statement; it is sent with each one, rounded up to whole
	// seconds. Default 0, no limit but the server's own.
	QueryTimeout time.Duration

	// FetchSize is the number of rows to ask for in one FetchResults. Default 0: 64 at first, so that the first row comes
	// soon, then as many as make up 2 MiB, up to the 10,000 at which HiveServer2 caps it
	// (hive.server2.thrift.resultset.max.fetch.size).
	FetchSize int
	// Prefetch is how many FetchResults are sent ahead of the one whose rows are wanted, so that the server works and
	// the network carries while this side decodes. No more than about 16 MiB are asked for ahead, and what was asked
	// for stays with the server until it is read, but for one reply. Default 4; negative for none, which also gives up
	// asking for the first rows together with the statement's end.
	Prefetch int
	// MaxMessageSize is the largest reply to accept, in bytes; a larger one is [ErrMessageTooLarge]. Default 100 MiB.
	MaxMessageSize int

	// Location is the time zone in which TIMESTAMP values, which carry none, become a time.Time, and in which a
	// time.Time parameter is written. Default time.UTC.
	Location *time.Location

	// SerializeInTasks asks Hive to let the tasks of a job write their rows as columns in the form in which they are sent
	// (hive.server2.thrift.resultset.serialize.in.tasks), so that HiveServer2 only copies them. It pays for large results
	// of statements that run a job, such as those with ORDER BY or GROUP BY: a million rows of ten columns took 0.30 s
	// to arrive instead of 1.05 s. For others, which HiveServer2 reads itself, nothing changes, nor for servers whose
	// protocol is older than V9. The values are the same, but Hive fails the job if the result has a TINYINT column, and
	// FetchSize has no effect. docs/dsn.md has the details. Default false.
	SerializeInTasks bool

	// MultiStatements lets package driver run scripts: statements parted by semicolons. Default false.
	MultiStatements bool
	// TxScope lets package driver begin transactions, although Hive has none: one pins a session, Commit does nothing
	// and Rollback fails after a write. Default false: to begin one is an error.
	TxScope bool

	// Dialer opens the connection to addr, "host:port"; network is "tcp". It must be safe for concurrent use. A DSN
	// cannot name it. Default: a net.Dialer with KeepAlive.
	Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

	ip netip.Addr // the address of Host that is meant, if Discovery has found several
}

// AuthMode names a way to log in. What is SASL PLAIN here is Basic over HTTP. It must be the one that hive.server2.authentication selects on the server.
type AuthMode string

const (
	// AuthNone is SASL PLAIN with a name that the server takes as it is, for hive.server2.authentication NONE.
	AuthNone AuthMode = "none"
	// AuthNoSASL is a connection without SASL; the name is sent with OpenSession. For NOSASL.
	AuthNoSASL AuthMode = "nosasl"
	// AuthLDAP is SASL PLAIN with a required user and password, for LDAP, PAM and CUSTOM.
	AuthLDAP AuthMode = "ldap"
	// AuthJWT is a JSON web token, whose subject is the user. Over HTTP only.
	AuthJWT AuthMode = "jwt"
)

const defaultPort = 10000

// ConfigError reports what is wrong in a [Config], or in the DSN or JDBC URL it is read from. It never holds a password.
type ConfigError struct {
	// Key is the setting at fault as the text spells it, or its key in a DSN. Empty if the text as a whole is malformed.
	Key string
	// Value is the offending text. Empty if there is none, or if it might be a secret.
	Value string
	// Reason says what is wrong and what to write instead.
	Reason string
}

func (e *ConfigError) Error() string {
	var b strings.Builder
	b.WriteString("hive: configuration: ")
	if e.Key != "" {
		b.WriteString(strings.Trim(strconv.Quote(e.Key), `"`)) // quoted for its control characters only
		if e.Value != "" {
			fmt.Fprintf(&b, "=%q", e.Value)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Reason)
	return b.String()
}

// Validate returns a [*ConfigError] for the first value that is out of range or contradicts another one, or nil.
// [ParseDSN] and [Connect] call it.
func (c *Config) Validate() error {
	for _, p := range params {
		if p.check == nil {
			continue
		}
		var done *ConfigError
		if err := p.check(c); errors.As(err, &done) {
			return done
		} else if err != nil {
			return &ConfigError{Key: p.key, Reason: err.Error()}
		}
	}
	return nil
}

// Clone returns a copy that shares nothing changeable with c.
func (c *Config) Clone() *Config {
	d := *c
	d.Hosts = slices.Clone(c.Hosts)
	d.SessionConf = maps.Clone(c.SessionConf)
	d.SessionVars = maps.Clone(c.SessionVars)
	d.HTTP.Headers = maps.Clone(c.HTTP.Headers)
	d.HTTP.Cookies = maps.Clone(c.HTTP.Cookies)
	d.TLS.Base = c.TLS.Base.Clone()
	d.ZooKeeper.TLS.Base = c.ZooKeeper.TLS.Base.Clone()
	return &d
}

// Addr returns "host:port" of Host, with the default port and the brackets of an IPv6 address where needed. Of Hosts it
// tells nothing.
func (c *Config) Addr() string {
	return net.JoinHostPort(c.Host, strconv.Itoa(cmp.Or(c.Port, defaultPort)))
}

// withDefaults returns a copy in which every zero field that has another default has that default. Durations that are
// switched off stay negative.
func (c *Config) withDefaults() *Config {
	d := c.Clone()
	d.Port = cmp.Or(d.Port, defaultPort)
	d.HostPolicy = cmp.Or(d.HostPolicy, HostRandom)
	switch d.Discovery {
	case DiscoveryZooKeeper:
		d.ZooKeeper.Namespace = cmp.Or(d.ZooKeeper.Namespace, "hiveserver2")
	case DiscoveryZooKeeperHA:
		d.ZooKeeper.Namespace = cmp.Or(d.ZooKeeper.Namespace, "hs2ActivePassiveHA")
	}
	d.Database = cmp.Or(d.Database, "default")
	if d.Auth = d.authMode(); d.Auth != AuthKerberos && d.Auth != AuthDelegationToken {
		d.User = cmp.Or(d.User, "anonymous")
	}
	d.Transport = cmp.Or(d.Transport, TransportBinary)
	if d.Transport == TransportHTTP {
		d.HTTP.Path = cmp.Or(d.HTTP.Path, "cliservice")
		d.HTTP.AuthCookie = cmp.Or(d.HTTP.AuthCookie, "hive.server2.auth")
	}
	d.ConnectTimeout = cmp.Or(d.ConnectTimeout, 30*time.Second)
	d.KeepAlive = cmp.Or(d.KeepAlive, 30*time.Second)
	d.CancelTimeout = cmp.Or(d.CancelTimeout, 10*time.Second)
	d.IdleCheck = cmp.Or(d.IdleCheck, time.Second)
	d.Prefetch = cmp.Or(d.Prefetch, 4)
	d.MaxMessageSize = cmp.Or(d.MaxMessageSize, 100<<20)
	d.Location = cmp.Or(d.Location, time.UTC)
	for _, t := range []*TLSConfig{&d.TLS, &d.ZooKeeper.TLS} {
		if t.Enabled {
			t.MinVersion = cmp.Or(t.MinVersion, tls.VersionTLS12)
		}
	}
	return d
}

// Redacted returns the DSN of c with "xxxxx" for the password and for each setting whose name tells of a secret.
func (c Config) Redacted() string { return c.formatDSN(true) }

// String is [Config.Redacted].
func (c Config) String() string { return c.Redacted() }

// Format prints [Config.Redacted] whatever the verb and flags, for %+v, %#v and %d would else print the fields.
func (c Config) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), c.Redacted())
}

// LogValue is [Config.Redacted], for package log/slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.Redacted()) }

var (
	_ fmt.Formatter  = Config{}
	_ fmt.Stringer   = Config{}
	_ slog.LogValuer = Config{}
)

func checkPort(c *Config) error {
	if c.Port < 0 || c.Port > 65535 {
		return fmt.Errorf("%d is not a TCP port", c.Port)
	}
	return nil
}

// checkAuth finds contradictions between the mode and what it logs in with.
func checkAuth(c *Config) error {
	mode := c.authMode()
	check, known := authChecks[mode]
	switch {
	case mode == "browser":
		return &ConfigError{Key: "auth", Value: string(mode), Reason: "the login of SAML by a browser is not supported: ask for a token, and give it as jwt"}
	case known && mode != AuthJWT && c.hasToken(), known && mode != AuthDelegationToken && c.hasDelegation():
		return &ConfigError{Key: "auth", Value: string(mode), Reason: "sends no token, but there is one: remove one of the two"}
	case !known:
		return &ConfigError{Key: "auth", Value: string(mode), Reason: "not supported; it may be " + names(authChecks)}
	}
	if mode != AuthKerberos {
		if err := checkNoKerberos(c); err != nil {
			return err
		}
	}
	return check(c)
}

// authMode is Auth with its default.
func (c *Config) authMode() AuthMode {
	if c.Auth == "" && c.Kerberos.Principal != "" {
		return AuthKerberos
	}
	if c.Auth == "" && c.hasToken() {
		return AuthJWT
	}
	if c.Auth == "" && c.hasDelegation() {
		return AuthDelegationToken
	}
	return cmp.Or(c.Auth, AuthNone)
}

func checkLDAP(c *Config) error {
	switch {
	case c.User == "":
		return errors.New("ldap needs a user and a password, and user is empty")
	case c.Password == "":
		return errors.New("ldap needs a user and a password, and password is empty")
	}
	return nil
}

func checkNoSASL(c *Config) error {
	if c.Password != "" {
		return errors.New("nosasl sends no password, but password is set: remove one of the two")
	}
	return nil
}

// checkPlainText refuses what HiveServer2 would get mangled or could not have meant, without quoting it.
func checkPlainText(s, allowed string) error {
	for _, r := range s {
		if unicode.IsControl(r) && !strings.ContainsRune(allowed, r) {
			return fmt.Errorf("holds the control character %U", r)
		}
	}
	if !utf8.ValidString(s) {
		return errors.New("not valid UTF-8")
	}
	return nil
}
