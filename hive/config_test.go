package hive

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestConfigDefaults(t *testing.T) {
	got := (&Config{Host: "h"}).withDefaults()
	want := &Config{
		Host: "h", Port: 10000, Database: "default", User: "anonymous", Auth: AuthNone, Transport: TransportBinary,
		HostPolicy: HostRandom, ConnectTimeout: 30 * time.Second, KeepAlive: 30 * time.Second, CancelTimeout: 10 * time.Second, IdleCheck: time.Second,
		Prefetch: 4, MaxMessageSize: 100 << 20, Location: time.UTC,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %s\nwant %s", got.FormatDSN(), want.FormatDSN())
	}
	set := &Config{
		Host: "h", Port: 1, HostPolicy: HostFirstAlive, Database: "d", User: "u", Auth: AuthLDAP, Transport: TransportHTTP, HTTP: HTTPConfig{Path: "p", AuthCookie: "c"}, ConnectTimeout: -1, KeepAlive: -1, CancelTimeout: 1,
		IdleCheck: -1, FetchSize: 1, Prefetch: -1, MaxMessageSize: 1, Location: time.Local,
	}
	if got := set.withDefaults(); !reflect.DeepEqual(got, set) {
		t.Errorf("defaults replaced what was set: %s\nwant %s", got.FormatDSN(), set.FormatDSN())
	}
	if err := (&Config{Host: "h"}).Validate(); err != nil {
		t.Errorf("a Config with a Host only: %v", err)
	}
}

func TestConfigValidate(t *testing.T) {
	for _, tc := range []struct {
		name, key string
		change    func(*Config)
	}{
		{"no host", "host", func(c *Config) { c.Host = "" }},
		{"port in Host", "host", func(c *Config) { c.Host = "h:10000" }},
		{"brackets in Host", "host", func(c *Config) { c.Host = "[::1]" }},
		{"one host and several", "host", func(c *Config) { c.Hosts = []string{"h2"} }},
		{"ZooKeeper as the host", "host", func(c *Config) { c.Discovery = DiscoveryZooKeeper }},
		{"negative port", "port", func(c *Config) { c.Port = -1 }},
		{"large port", "port", func(c *Config) { c.Port = 65536 }},
		{"newline at the end of a password", "password", func(c *Config) { c.Password = "secret\n" }},
		{"unknown auth", "auth", func(c *Config) { c.Auth = "magic" }},
		{"negative fetch size", "fetchSize", func(c *Config) { c.FetchSize = -1 }},
		{"negative message size", "maxMessageSize", func(c *Config) { c.MaxMessageSize = -1 }},
		{"negative query timeout", "queryTimeout", func(c *Config) { c.QueryTimeout = -1 }},
		{"serialised in tasks twice", "serializeInTasks", func(c *Config) {
			c.SerializeInTasks, c.SessionConf = true, map[string]string{"hive.server2.thrift.resultset.serialize.in.tasks": "true"}
		}},
		{"nameless setting", "hiveconf:", func(c *Config) { c.SessionConf = map[string]string{"": "x"} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := &Config{Host: "h"}
			tc.change(c)
			err, ok := c.Validate().(*ConfigError)
			if !ok || err.Key != tc.key {
				t.Errorf("got %v, want a *ConfigError of %s", c.Validate(), tc.key)
			}
		})
	}
}

func TestConfigError(t *testing.T) {
	for _, tc := range []struct {
		err  ConfigError
		want string
	}{
		{ConfigError{Reason: "r"}, "hive: configuration: r"},
		{ConfigError{Key: "k", Reason: "r"}, "hive: configuration: k: r"},
		{ConfigError{Key: "k\n", Value: "v\n", Reason: "r"}, `hive: configuration: k\n="v\n": r`},
	} {
		if got := tc.err.Error(); got != tc.want {
			t.Errorf("got %s\nwant %s", got, tc.want)
		}
	}
}

// TestConfigClone finds any map or slice that a clone shares, of fields to come too.
func TestConfigClone(t *testing.T) {
	c := &Config{Hosts: []string{"h"}, SessionConf: map[string]string{"a": "1"}, SessionVars: map[string]string{"b": "2"}}
	d := c.Clone()
	if !reflect.DeepEqual(c, d) {
		t.Errorf("got %s\nwant %s", d.FormatDSN(), c.FormatDSN())
	}
	cv, dv := reflect.ValueOf(*c), reflect.ValueOf(*d)
	for i := range cv.NumField() {
		name := cv.Type().Field(i).Name
		switch cv.Field(i).Kind() {
		case reflect.Map, reflect.Slice:
			if cv.Field(i).IsZero() {
				t.Errorf("Config.%s: set it in this test", name)
			} else if cv.Field(i).Pointer() == dv.Field(i).Pointer() {
				t.Errorf("Config.%s is shared", name)
			}
		}
	}
}

func TestConfigAddr(t *testing.T) {
	for want, c := range map[string]Config{
		"h:10000":     {Host: "h"},
		"h:1":         {Host: "h", Port: 1},
		"[::1]:10000": {Host: "::1"},
	} {
		if got := c.Addr(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestConfigRedaction(t *testing.T) {
	const secret = "hunter22"
	c := Config{
		Host: "h", User: "u", Password: secret, TLS: TLSConfig{Enabled: true, CAPassword: secret, KeyPassword: secret},
		Token: secret, HTTP: HTTPConfig{Headers: map[string]string{"X-A": secret}, Cookies: map[string]string{"c": secret}},
		ZooKeeper:   ZooKeeperConfig{TLS: TLSConfig{CAPassword: secret, KeyPassword: secret}},
		SessionConf: map[string]string{"fs.s3a.secret.key": secret, "hive.exec.parallel": "true"},
		SessionVars: map[string]string{"API_TOKEN": secret},
	}
	const want = "hive://u:xxxxx@h?hiveconf:fs.s3a.secret.key=xxxxx&hiveconf:hive.exec.parallel=true&hivevar:API_TOKEN=xxxxx" +
		"&httpCookie:c=xxxxx&httpHeader:X-A=xxxxx&jwt=xxxxx&tls=true&tlsCAPassword=xxxxx&tlsKeyPassword=xxxxx" +
		"&zkTLSCAPassword=xxxxx&zkTLSKeyPassword=xxxxx"
	if got := c.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%10s", "%t"} {
		shown[verb] = fmt.Sprintf(verb, c)
		shown[verb+" of *Config"] = fmt.Sprintf(verb, &c)
		shown[verb+" in a struct"] = fmt.Sprintf(verb, struct{ C Config }{c})
		shown[verb+" of HTTP"] = fmt.Sprintf(verb, c.HTTP)
		shown[verb+" of TLS"] = fmt.Sprintf(verb, c.TLS)
		shown[verb+" of ZooKeeper"] = fmt.Sprintf(verb, c.ZooKeeper)
	}
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("connect", "config", c, "pointer", &c)
		shown["slog "+name] = b.String()
	}
	for how, text := range shown {
		if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s shows the secret: %s", how, text)
		}
		if !strings.Contains(text, "hive://") && !strings.Contains(text, fmt.Sprintf("%x", "hive://")) {
			t.Errorf("%s does not show the DSN: %s", how, text)
		}
	}
	if text, err := json.Marshal([]any{c}); err == nil {
		t.Errorf("package json writes a Config: %s", text)
	}
}

// TestParamRegistry: what a file registers must not take another setting's name.
func TestParamRegistry(t *testing.T) {
	owner := map[string]string{}
	claim := func(name, key string) {
		if first, dup := owner[name]; dup && first != key {
			t.Errorf("%s stands for %s and for %s", name, first, key)
		}
		owner[name] = key
	}
	for _, p := range params {
		if _, dup := owner[p.key]; dup {
			t.Errorf("%s is registered twice", p.key)
		}
		claim(p.key, p.key)
		for _, name := range p.jdbc {
			claim(name, p.key)
		}
		if (p.family != nil) != strings.HasSuffix(p.key, ":") {
			t.Errorf("%s: a family, and only a family, has a key that ends in a colon", p.key)
		}
	}
	for name, tr := range jdbcTranslations {
		claim(name, tr.key)
		if p, _ := paramOfDSN(tr.key); p == nil && tr.key != "" {
			t.Errorf("%s stands for %s, which does not exist", name, tr.key)
		}
	}
}

// TestRegisterParams adds a setting as another file does, and sees it read, written, checked and hidden.
func TestRegisterParams(t *testing.T) {
	saved := slices.Clone(params)
	defer func() { params = saved }()
	stored := ""
	registerParams(secretParam(param{
		key: "wand", jdbc: []string{"jwt"},
		set: func(_ *Config, value string) error {
			if stored = value; value == "bad" {
				return fmt.Errorf("no good")
			}
			return nil
		},
		get: func(*Config) string { return stored },
		check: func(*Config) error {
			if stored == "worse" {
				return fmt.Errorf("not here")
			}
			return nil
		},
	}))
	for _, dsn := range []string{"hive://h?wand=a%20b", "jdbc:hive2://h/;jwt=a%20b"} {
		c, err := ParseDSN(dsn)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := c.FormatDSN(), "hive://h?wand=a%20b"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := c.String(), "hive://h?wand=xxxxx"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for dsn, want := range map[string]string{
		"hive://h?wand=bad":   "hive: configuration: wand: no good",
		"hive://h?wand=worse": "hive: configuration: wand: not here",
	} {
		if _, err := ParseDSN(dsn); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", dsn, err, want)
		}
	}
}

// TestJDBCSocketTimeoutUnit: Hive's driver counts seconds over HTTP.
func TestJDBCSocketTimeoutUnit(t *testing.T) {
	for mode, want := range map[string]string{"": "1.5s", "binary": "1.5s", "HTTP": "25m0s"} {
		got, err := jdbcSocketTimeout("1500", map[string]string{"transportMode": mode})
		if err != nil || got != want {
			t.Errorf("transportMode=%s: got %s, %v, want %s", mode, got, err, want)
		}
	}
}

// docsTable returns the rows under a heading of docs/dsn.md by each name in their first cell.
func docsTable(t *testing.T, heading string) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("../docs/dsn.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(page), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("docs/dsn.md has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	section, _, _ = strings.Cut(section[strings.Index(section, "| ---"):], "\n\n") // the first table of the section
	rows := map[string][]string{}
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[0], -1) {
			name := strings.TrimSuffix(m[1], "NAME")
			if rows[name] != nil {
				t.Errorf("docs/dsn.md, %s: %s stands there twice", heading, name)
			}
			rows[name] = cells
		}
	}
	return rows
}

// TestDocsKeys compares docs/dsn.md with what is registered, both ways, defaults included.
func TestDocsKeys(t *testing.T) {
	parts, keys := docsTable(t, "Parts"), docsTable(t, "Keys")
	defaults := (&Config{Host: "h", Transport: TransportHTTP, TLS: TLSConfig{Enabled: true}, ZooKeeper: ZooKeeperConfig{TLS: TLSConfig{Enabled: true}}}).withDefaults()
	defaults.Transport, defaults.TLS.Enabled, defaults.ZooKeeper.TLS.Enabled = TransportBinary, false, false
	for _, p := range params {
		table := keys
		if p.place != "" {
			table = parts
		}
		row := table[p.key]
		delete(table, p.key)
		if row == nil {
			t.Errorf("docs/dsn.md lacks %s", p.key)
			continue
		}
		field := strings.TrimSpace(row[1])
		if !hasField(reflect.TypeFor[Config](), field) {
			t.Errorf("docs/dsn.md, %s: Config has no field %s", p.key, field)
		}
		text := strings.Trim(row[2], " `")
		switch {
		case p.get != nil && p.get(defaults) != "":
			if want := p.get(defaults); text != want {
				t.Errorf("docs/dsn.md, %s: default %s, want %s", p.key, text, want)
			}
		case p.set != nil && text != "none": // a word that stands for the zero value
			c := &Config{Host: "h"}
			if err := p.set(c, text); err != nil || !reflect.DeepEqual(c, &Config{Host: "h"}) {
				t.Errorf("docs/dsn.md, %s: %s is not the default: %v, %v", p.key, text, c, err)
			}
		}
	}
	for key := range parts {
		t.Errorf("docs/dsn.md has the part %s, which is not registered", key)
	}
	for key := range keys {
		t.Errorf("docs/dsn.md has the key %s, which is not registered", key)
	}
}

// hasField finds a field by its path, such as TLS.CAFile.
func hasField(typ reflect.Type, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		field, ok := typ.FieldByName(name)
		if !ok {
			return false
		}
		typ = field.Type
	}
	return true
}

// TestDocsJDBC compares the JDBC tables of docs/dsn.md with what is read, both ways.
func TestDocsJDBC(t *testing.T) {
	supported, unsupported := docsTable(t, "JDBC parameters"), docsTable(t, "JDBC parameters that are not supported")
	want := map[string]bool{ // the keys of which JDBC has the same name
		"applicationName": true, "auth": true, "fetchSize": true, "httpPath": true, "initFile": true, "jwt": true, "principal": true, "saslQop": true,
	}
	for _, p := range params {
		for _, name := range p.jdbc {
			want[name] = true
		}
	}
	for name := range jdbcTranslations {
		want[name] = true
	}
	for name := range want {
		if supported[name] == nil {
			t.Errorf("docs/dsn.md lacks the JDBC parameter %s", name)
		}
		delete(supported, name)
	}
	for name, harmless := range jdbcParameters {
		row := unsupported[name]
		delete(unsupported, name)
		if p, _ := paramOfJDBC(name); p != nil {
			if row != nil {
				t.Errorf("docs/dsn.md says that %s is not supported, but it is registered", name)
			}
			continue
		}
		if row == nil || strings.Trim(row[1], " `") != harmless {
			t.Errorf("docs/dsn.md must list %s as not supported, with the accepted value %q; it has %q", name, harmless, row)
		}
	}
	for name := range supported {
		t.Errorf("docs/dsn.md has the JDBC parameter %s, which is not read", name)
	}
	for name := range unsupported {
		t.Errorf("docs/dsn.md refuses the JDBC parameter %s, which is not known", name)
	}
}
