package hive

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"github.com/skep-go/skep/internal/keystore"
)

// TLSConfig says how a connection is encrypted, whatever the transport, and whose certificates count. The zero value is
// no encryption; with nothing but Enabled the server's certificate must be issued for [Config.Host] by an authority that
// the system trusts.
//
// Files may be PEM or one of Java's key stores, PKCS#12 and JKS, which is told by their content. They are read for each
// session, so that a renewed certificate is taken without a restart.
type TLSConfig struct {
	// Enabled turns encryption on (hive.server2.use.SSL).
	Enabled bool
	// CAFile holds the certificates to trust, in place of the system's. Default none.
	CAFile string
	// CAPassword is the password of CAFile if that is a key store. Default none.
	CAPassword string
	// CertFile holds the client's certificate, for a server that asks for one, and what leads from it to an authority
	// that the server knows. Default none.
	CertFile string
	// KeyFile holds the private key of CertFile, if it is PEM and lacks it. Default none.
	KeyFile string
	// KeyPassword is the password of CertFile if that is a key store. Default none.
	KeyPassword string
	// ServerName is the name that must be in the server's certificate. Default [Config.Host].
	ServerName string
	// MinVersion is the oldest version to accept, such as [tls.VersionTLS13]. Default [tls.VersionTLS12].
	MinVersion uint16
	// InsecureSkipVerify takes any certificate, so that whoever sits between can read the password and all that follows.
	// Default false.
	InsecureSkipVerify bool
	// Base is what the other fields are added to, for what has no field here. It is not changed. A DSN cannot name it.
	// Default none.
	Base *tls.Config
}

// Format prints the fields as a DSN has them, without the passwords, whatever the verb and flags.
func (c TLSConfig) Format(f fmt.State, verb rune) { Config{TLS: c}.Format(f, verb) }

// LogValue is the same for package log/slog.
func (c TLSConfig) LogValue() slog.Value { return Config{TLS: c}.LogValue() }

var (
	_ fmt.Formatter  = TLSConfig{}
	_ slog.LogValuer = TLSConfig{}
)

var tlsVersions = []struct {
	name   string
	number uint16
}{{"1.0", tls.VersionTLS10}, {"1.1", tls.VersionTLS11}, {"1.2", tls.VersionTLS12}, {"1.3", tls.VersionTLS13}}

var _ = registerParams(tlsParams("tls", func(c *Config) *TLSConfig { return &c.TLS }, map[string]string{
	"": "ssl", "CA": "sslTrustStore", "CAPassword": "trustStorePassword", "Cert": "sslKeyStore", "KeyPassword": "keyStorePassword",
})...)

// tlsParams are the settings of one TLSConfig, whose keys begin with prefix; jdbc are JDBC's names by what follows that.
func tlsParams(prefix string, field func(*Config) *TLSConfig, jdbc map[string]string) []param {
	enabled := wordParam(prefix, "true", "false", func(c *Config) *bool { return &field(c).Enabled })
	enabled.check = func(c *Config) error { return field(c).check(prefix) }
	ps := []param{
		enabled,
		stringParam(prefix+"CA", func(c *Config) *string { return &field(c).CAFile }),
		secretParam(stringParam(prefix+"CAPassword", func(c *Config) *string { return &field(c).CAPassword })),
		stringParam(prefix+"Cert", func(c *Config) *string { return &field(c).CertFile }),
		stringParam(prefix+"Key", func(c *Config) *string { return &field(c).KeyFile }),
		secretParam(stringParam(prefix+"KeyPassword", func(c *Config) *string { return &field(c).KeyPassword })),
		stringParam(prefix+"ServerName", func(c *Config) *string { return &field(c).ServerName }),
		tlsVersionParam(prefix+"MinVersion", func(c *Config) *uint16 { return &field(c).MinVersion }),
		wordParam(prefix+"InsecureSkipVerify", "true", "false", func(c *Config) *bool { return &field(c).InsecureSkipVerify }),
	}
	for i := range ps {
		if name, ok := jdbc[strings.TrimPrefix(ps[i].key, prefix)]; ok {
			ps[i].jdbc = []string{name}
		}
	}
	return ps
}

// check finds settings that would have no effect: who gives a CA must not get a connection in plain text.
func (c *TLSConfig) check(prefix string) error {
	off := *c
	off.Enabled = false
	switch {
	case !c.Enabled && off != (TLSConfig{}):
		return errors.New("off, but there are settings for it: turn it on, or remove them")
	case c.InsecureSkipVerify && c.CAFile != "":
		return &ConfigError{Key: prefix + "InsecureSkipVerify", Reason: "takes any certificate, but " + prefix + "CA says which to trust: remove one of the two"}
	case c.CAFile == "" && c.CAPassword != "":
		return &ConfigError{Key: prefix + "CAPassword", Reason: "the password of a file, but " + prefix + "CA names none"}
	case c.CertFile == "" && (c.KeyFile != "" || c.KeyPassword != ""):
		return &ConfigError{Key: prefix + "Cert", Reason: "missing, but there is a key for it"}
	}
	return nil
}

func tlsVersionParam(key string, field func(*Config) *uint16) param {
	set := func(c *Config, value string) error {
		for _, v := range tlsVersions {
			if v.name == value {
				*field(c) = v.number
				return nil
			}
		}
		return errors.New("want 1.0, 1.1, 1.2 or 1.3")
	}
	get := func(c *Config) string {
		for _, v := range tlsVersions {
			if v.number == *field(c) {
				return v.name
			}
		}
		return ""
	}
	check := func(c *Config) error {
		if *field(c) != 0 && get(c) == "" {
			return fmt.Errorf("%#x is not a version of TLS", *field(c))
		}
		return nil
	}
	return param{key: key, set: set, get: get, check: check}
}

// client makes the configuration of one connection to host. Its errors are of type *ConfigError; the keys in them begin
// with prefix.
func (c *TLSConfig) client(prefix, host string) (*tls.Config, error) {
	conf := c.Base.Clone()
	if conf == nil {
		conf = new(tls.Config)
	}
	if c.CAFile != "" {
		roots, err := keystore.Roots(c.CAFile, c.CAPassword)
		if err != nil {
			return nil, &ConfigError{Key: prefix + "CA", Reason: err.Error()}
		}
		conf.RootCAs = roots
	}
	if c.CertFile != "" {
		pair, err := keystore.KeyPair(c.CertFile, c.KeyFile, c.KeyPassword)
		if err != nil {
			return nil, &ConfigError{Key: prefix + "Cert", Reason: err.Error()}
		}
		// Whatever authorities the server names: one that names others than ours would get no certificate at all, and
		// could only say that one is missing.
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	if c.ServerName != "" {
		conf.ServerName = c.ServerName
	} else if conf.ServerName == "" {
		conf.ServerName = host
	}
	if c.MinVersion != 0 {
		conf.MinVersion = c.MinVersion
	}
	if c.InsecureSkipVerify {
		conf.InsecureSkipVerify = true
	}
	return conf, nil
}

var errHandshake = errors.New("TLS handshake")

// tlsLayer encrypts a stream.
func tlsLayer(ctx context.Context, cfg *Config, host string, nc net.Conn) (net.Conn, error) {
	if !cfg.TLS.Enabled {
		return nc, nil
	}
	return cfg.TLS.encrypt(ctx, "tls", host, nc)
}

// encrypt is a handshake with host over nc, which is closed if that fails.
func (c *TLSConfig) encrypt(ctx context.Context, prefix, host string, nc net.Conn) (net.Conn, error) {
	conf, err := c.client(prefix, host)
	if err != nil {
		nc.Close()
		return nil, err
	}
	t := tls.Client(nc, conf)
	if err := t.HandshakeContext(ctx); err != nil {
		nc.Close()
		return nil, fmt.Errorf("%w: %w", errHandshake, err)
	}
	return t, nil
}

// tlsHint says what to check after an error of TLS, and "" after any other; the keys that it names begin with prefix.
func tlsHint(prefix string, err error) string {
	var (
		unknown   x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		remote    *net.OpError
		untrusted *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &unknown):
		return "the server's certificate was issued by an authority that is not trusted here: name its certificate with " + prefix + "CA"
	case errors.As(err, &host):
		return "the server's certificate is not for this host: connect by a name that is in it, or give that name as " + prefix + "ServerName"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate has expired or is not yet valid: the server needs a new one, or the clock here is wrong"
	case errors.As(err, &untrusted):
		return "the server's certificate is not accepted"
	case errors.As(err, &record):
		return "the server does not speak TLS on this port: try without " + prefix + "=true"
	case errors.As(err, &remote) && remote.Op == "remote error": // an alert, whose type is not exported
		return "the server ended the TLS handshake or does not accept the client: check " + prefix + "Cert if it wants a certificate, and " + prefix + "MinVersion"
	case errors.Is(err, errHandshake):
		return "the server ended the connection during the TLS handshake: does it use TLS on this port?"
	}
	return ""
}

// A store's type is told by its content, and its algorithm is the only one.
func jdbcStoreType(value string, _ map[string]string) (string, error) {
	if !strings.EqualFold(value, "JKS") && !strings.EqualFold(value, "PKCS12") {
		return "", errors.New("want JKS or PKCS12; keytool -importkeystore -deststoretype PKCS12 converts others")
	}
	return "", nil
}

// jdbcTwoWay is what makes Hive's driver look at sslKeyStore.
func jdbcTwoWay(value string, all map[string]string) (string, error) {
	if hasStore := all["sslKeyStore"] != ""; strings.EqualFold(value, "true") != hasStore {
		return "", errors.New("want true with sslKeyStore, and false without")
	}
	return "", nil
}
