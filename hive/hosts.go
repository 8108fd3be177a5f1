package hive

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/skep-go/skep/internal/discovery"
)

// HostPolicy is the order in which several servers are tried.
type HostPolicy string

const (
	// HostRandom is another order each time.
	HostRandom HostPolicy = "random"
	// HostRoundRobin begins with the next server each time.
	HostRoundRobin HostPolicy = "round-robin"
	// HostFirstAlive is the order in which the servers are named, so that the first one that is there gets all sessions.
	HostFirstAlive HostPolicy = "first-alive"
)

var hostPolicies = map[HostPolicy]discovery.Policy{
	HostRandom: discovery.Random, HostRoundRobin: discovery.RoundRobin, HostFirstAlive: discovery.FirstAlive,
}

// Discovery is how the servers are found among which a session may be opened.
type Discovery string

const (
	// DiscoveryDNS takes each address of each name for a server of its own. Without it a name is one server, whose
	// addresses are tried until one accepts a connection, whatever it does with it.
	DiscoveryDNS Discovery = "dns"
	// DiscoveryZooKeeper asks ZooKeeper which servers have registered there
	// (hive.server2.support.dynamic.service.discovery).
	DiscoveryZooKeeper Discovery = "zooKeeper"
	// DiscoveryZooKeeperHA asks ZooKeeper which server is the active one of those that have registered there
	// (hive.server2.active.passive.ha.enable).
	DiscoveryZooKeeperHA Discovery = "zooKeeperHA"
)

var discoveries = []Discovery{DiscoveryDNS, DiscoveryZooKeeper, DiscoveryZooKeeperHA}

func (d Discovery) byZooKeeper() bool { return d == DiscoveryZooKeeper || d == DiscoveryZooKeeperHA }

// ZooKeeperConfig is for [DiscoveryZooKeeper] and [DiscoveryZooKeeperHA]. What the servers have registered with
// ZooKeeper, such as their transport, counts where the [Config] leaves the field zero.
type ZooKeeperConfig struct {
	// Namespace is the path of the znode below which the servers register (hive.server2.zookeeper.namespace,
	// hive.server2.active.passive.ha.registry.namespace). Default "hiveserver2", or "hs2ActivePassiveHA".
	Namespace string
	// Principal is that of ZooKeeper, such as zookeeper/_HOST, where _HOST stands for the name of each of its servers. It
	// makes for a login by SASL, with the credentials of [AuthKerberos], which the [Config] must have. Default: no login,
	// for HiveServer2 lets everyone read what it registers.
	Principal string
	// TLS is how the connection to ZooKeeper is encrypted; ServerName is by default the name of each of its servers.
	// Default: not at all.
	TLS TLSConfig
}

// Format prints the fields as a DSN has them, without the passwords, whatever the verb and flags.
func (c ZooKeeperConfig) Format(f fmt.State, verb rune) { Config{ZooKeeper: c}.Format(f, verb) }

// LogValue is the same for package log/slog.
func (c ZooKeeperConfig) LogValue() slog.Value { return Config{ZooKeeper: c}.LogValue() }

var (
	_ fmt.Formatter  = ZooKeeperConfig{}
	_ slog.LogValuer = ZooKeeperConfig{}
)

const zooKeeperPort = 2181

var _ = registerParams(append(
	tlsParams("zkTLS", func(c *Config) *TLSConfig { return &c.ZooKeeper.TLS }, map[string]string{
		"": "zooKeeperSSLEnable", "CA": "zooKeeperTruststoreLocation", "CAPassword": "zooKeeperTruststorePassword",
		"Cert": "zooKeeperKeystoreLocation", "KeyPassword": "zooKeeperKeystorePassword",
	}),
	param{
		key: "hostPolicy", set: setHostPolicy, check: checkHostPolicy,
		get: func(c *Config) string { return string(c.HostPolicy) },
	},
	param{
		key: "discovery", jdbc: []string{"serviceDiscoveryMode"}, set: setDiscovery, check: checkDiscovery,
		get: func(c *Config) string { return string(c.Discovery) },
	},
	stringParam("zkNamespace", func(c *Config) *string { return &c.ZooKeeper.Namespace }, "zooKeeperNamespace"),
	zooKeeperPrincipalParam(),
)...)

func zooKeeperPrincipalParam() param {
	p := stringParam("zkPrincipal", func(c *Config) *string { return &c.ZooKeeper.Principal })
	p.check = checkZooKeeperPrincipal
	return p
}

func setHostPolicy(c *Config, value string) error {
	c.HostPolicy = HostPolicy(value)
	return checkHostPolicy(c)
}

func checkHostPolicy(c *Config) error {
	if _, ok := hostPolicies[cmp.Or(c.HostPolicy, HostRandom)]; !ok {
		return errors.New("want random, round-robin or first-alive")
	}
	return nil
}

// setDiscovery ignores case, as Hive's driver does.
func setDiscovery(c *Config, value string) error {
	i := slices.IndexFunc(discoveries, func(d Discovery) bool { return strings.EqualFold(string(d), value) })
	switch {
	case i >= 0:
		c.Discovery = discoveries[i]
	case !strings.EqualFold(value, "none"):
		return errDiscovery
	}
	return nil
}

var errDiscovery = errors.New("want none, dns, zooKeeper or zooKeeperHA")

func checkDiscovery(c *Config) error {
	switch {
	case c.Discovery != "" && !slices.Contains(discoveries, c.Discovery):
		return errDiscovery
	case !c.Discovery.byZooKeeper() && c.ZooKeeper != (ZooKeeperConfig{}):
		return errors.New("not by ZooKeeper, but there are settings for it: make it zooKeeper or zooKeeperHA, or remove them")
	}
	return nil
}

// setHosts takes the "host:port" list of a URL. A path behind the last one of ZooKeeper's servers is written with %2F.
func setHosts(c *Config, hosts []string) error {
	for _, text := range hosts {
		chroot := ""
		if i := strings.Index(strings.ToUpper(text), "%2F"); i >= 0 {
			text, chroot = text[:i], text[i:]
		}
		host, port, err := splitHostPort(text)
		if err != nil {
			return err
		}
		if chroot, err = url.PathUnescape(chroot); err != nil {
			return &ConfigError{Key: "host", Reason: badEscape}
		}
		if len(hosts) == 1 && chroot == "" {
			c.Host, c.Port = host, port
			return nil
		}
		c.Hosts = append(c.Hosts, joinHostPort(host, port)+chroot)
	}
	return nil
}

// moveHost puts a single server of ZooKeeper where several have their place.
func (c *Config) moveHost() {
	if c.Discovery.byZooKeeper() && c.Host != "" {
		c.Hosts, c.Host, c.Port = []string{joinHostPort(c.Host, c.Port)}, "", 0
	}
}

// formatHosts is the "host:port" list of a DSN.
func (c *Config) formatHosts() string {
	if len(c.Hosts) == 0 {
		return escapeHostPort(c.Host, c.Port)
	}
	texts := make([]string, len(c.Hosts))
	for i, text := range c.Hosts {
		text, chroot, _ := cutChroot(text)
		if host, port, err := cutHostPort(text); err == nil {
			text = escapeHostPort(host, port)
		} else {
			text = escapeDSN(text, "")
		}
		texts[i] = text + escapeDSN(chroot, "")
	}
	return strings.Join(texts, ",")
}

func escapeHostPort(host string, port int) string {
	return joinHostPort(escapeDSN(host, ":"), port)
}

// joinHostPort is net.JoinHostPort where 0 is no port.
func joinHostPort(host string, port int) string {
	switch {
	case port != 0:
		return net.JoinHostPort(host, strconv.Itoa(port))
	case strings.Contains(host, ":"):
		return "[" + host + "]"
	}
	return host
}

// cutChroot parts the path from the last of ZooKeeper's servers, as ZooKeeper's own clients write it.
func cutChroot(text string) (host, chroot string, ok bool) {
	if i := strings.Index(text, "/"); i >= 0 {
		return text[:i], text[i:], true
	}
	return text, "", false
}

// splitHostPort is [cutHostPort] of a part of a URL.
func splitHostPort(s string) (host string, port int, err error) {
	if host, port, err = cutHostPort(s); err != nil {
		return "", 0, err
	}
	if host, err = url.PathUnescape(host); err != nil {
		return "", 0, &ConfigError{Key: "host", Reason: badEscape}
	}
	return host, port, nil
}

// cutHostPort reads "host", "host:port", or either with an IPv6 address in brackets. Its errors quote nothing: a URL
// that lacks its @ has the password here.
func cutHostPort(s string) (host string, port int, err error) {
	text := ""
	if rest, ok := strings.CutPrefix(s, "["); ok {
		if host, text, ok = strings.Cut(rest, "]"); !ok {
			return "", 0, &ConfigError{Key: "host", Reason: "[ without ]"}
		}
		if !strings.Contains(host, ":") || text != "" && text[0] != ':' {
			return "", 0, &ConfigError{Key: "host", Reason: "want [IPv6 address] or [IPv6 address]:port"}
		}
		text = strings.TrimPrefix(text, ":")
	} else if host, text, _ = strings.Cut(s, ":"); strings.Contains(text, ":") {
		return "", 0, &ConfigError{Key: "host", Reason: "more than one colon: write an IPv6 address in brackets"}
	}
	if text == "" {
		return host, 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", 0, &ConfigError{Key: "port", Reason: "want 1 to 65535 after the colon"}
	}
	return host, int(n), nil
}

// checkHosts finds what is wrong in the name of one server or in those of several.
func checkHosts(c *Config) error {
	switch {
	case len(c.Hosts) == 0 && c.Discovery.byZooKeeper():
		return fmt.Errorf("with discovery=%s ZooKeeper's servers stand in Hosts", c.Discovery)
	case len(c.Hosts) == 0:
		return checkHost(c.Host)
	case c.Host != "" || c.Port != 0:
		return errors.New("one server is named by Host and Port, and several by Hosts, too: use one of the two; in Hosts a port follows its host")
	}
	for i, text := range c.Hosts {
		text, _, hasChroot := cutChroot(text)
		if hasChroot && (!c.Discovery.byZooKeeper() || i < len(c.Hosts)-1) {
			return errors.New("only the last one of ZooKeeper's servers may have a path behind it")
		}
		host, _, err := cutHostPort(text)
		if err == nil {
			err = checkHost(host)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func checkHost(host string) error {
	if host == "" {
		return errors.New("empty: name the server's host")
	}
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		return checkPlainText(host, "") // a zone may be any text
	}
	for _, r := range host {
		switch {
		case r == ':':
			return errors.New("neither a name nor an IP address; the port has its own place")
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._", r) || r == utf8.RuneError:
			return fmt.Errorf("holds %q, which no host name has", r)
		}
	}
	return nil
}
