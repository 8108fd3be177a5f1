package hive

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

const (
	dsnPrefix  = "hive://"
	jdbcPrefix = "jdbc:hive2://"
)

// ParseDSN reads a DSN or a JDBC URL; docs/dsn.md has the table of keys.
//
//	hive://user:password@host:port,host:port/database?key=value&hiveconf:NAME=value&hivevar:NAME=value
//	jdbc:hive2://host:port,host:port/database;user=name;password=word;key=value?NAME=value#NAME=value
//
// In the first form every part but the host may be missing, and each may be percent-escaped, as package net/url does
// it. What is not given stays zero in the Config. A key that is unknown, given twice, or contradicts another one is an
// error, and so is a JDBC parameter that this package does not support. Errors are of type [*ConfigError]; they never
// show the password.
func ParseDSN(dsn string) (*Config, error) {
	var c Config
	var err error
	if rest, ok := strings.CutPrefix(dsn, dsnPrefix); ok {
		err = parseURL(&c, rest)
	} else if rest, ok := strings.CutPrefix(dsn, jdbcPrefix); ok {
		err = parseJDBC(&c, rest)
	} else {
		err = &ConfigError{Reason: "a DSN begins with " + dsnPrefix + " or " + jdbcPrefix}
	}
	if err == nil {
		c.moveHost()
		err = c.Validate()
	}
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// parseURL reads what follows hive://. It is not left to url.Parse, whose errors quote the password.
func parseURL(c *Config, s string) error {
	if strings.Contains(s, "#") {
		return &ConfigError{Reason: "a DSN has no # part: write # as %23"}
	}
	authority, tail := s, ""
	if i := strings.IndexAny(s, "/?"); i >= 0 {
		authority, tail = s[:i], s[i:]
	}
	// With one @ at most, before the first / or ?, a password with such a character cannot be taken for something else.
	userinfo, hosts, hasUser := strings.Cut(authority, "@")
	if strings.Contains(hosts, "@") || strings.Contains(tail, "@") {
		return &ConfigError{Reason: "an @ out of place: only the one between password and host is written as it is; elsewhere write %40, and in user and password also %2F for / and %3F for ?"}
	}
	if !hasUser {
		userinfo, hosts = "", authority
	}
	path, query, _ := strings.Cut(tail, "?")
	user, password, _ := strings.Cut(userinfo, ":")
	database := strings.TrimPrefix(path, "/")
	if strings.Contains(database, "/") {
		return &ConfigError{Key: "database", Reason: "more than one / after the host: write / as %2F"}
	}
	for _, part := range []struct {
		key, text string
		field     *string
	}{{"user", user, &c.User}, {"password", password, &c.Password}, {"database", database, &c.Database}} {
		text, err := url.PathUnescape(part.text)
		if err != nil {
			return &ConfigError{Key: part.key, Reason: badEscape}
		}
		*part.field = text
	}
	if err := setHosts(c, strings.Split(hosts, ",")); err != nil {
		return err
	}
	return parseQuery(c, query)
}

const badEscape = "a % without two hexadecimal digits: write % as %25"

func parseQuery(c *Config, query string) error {
	if strings.Contains(query, ";") {
		return &ConfigError{Reason: "keys are parted by &: write ; as %3B"}
	}
	set := paramSetter{c: c}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		key, errKey := url.QueryUnescape(key)
		value, errValue := url.QueryUnescape(value)
		switch {
		case errKey != nil:
			return &ConfigError{Reason: "in the name of a key: " + badEscape}
		case errValue != nil:
			return &ConfigError{Key: key, Reason: badEscape}
		case !ok:
			return &ConfigError{Key: key, Reason: "no value: write " + key + "=value"}
		}
		p, name := paramOfDSN(key)
		if p == nil {
			return unknownKey(key)
		}
		if err := set.set(p, name, key, value); err != nil {
			return err
		}
	}
	return nil
}

// paramOfDSN finds the setting that a query names; name is what follows the colon of a family.
func paramOfDSN(key string) (p *param, name string) {
	for i := range params {
		p := &params[i]
		if name, ok := strings.CutPrefix(key, p.key); ok && p.place == "" && (name == "" || p.family != nil) {
			return p, name
		}
	}
	return nil, ""
}

// paramSetter sets each setting once at most.
type paramSetter struct {
	c    *Config
	seen map[string]string // how a setting was written, by its key
}

// set takes one setting, with its name if p is a family, and the words it was written in.
func (s *paramSetter) set(p *param, name, written, value string) error {
	key := p.key + name
	if first, dup := s.seen[key]; dup {
		if first == written {
			return &ConfigError{Key: written, Reason: "given twice"}
		}
		return &ConfigError{Key: written, Reason: fmt.Sprintf("contradicts %s: both give the same setting", first)}
	}
	if s.seen == nil {
		s.seen = map[string]string{}
	}
	s.seen[key] = written
	if p.family != nil {
		m := p.family(s.c)
		if *m == nil {
			*m = map[string]string{}
		}
		(*m)[name] = value
		return nil
	}
	if err := p.set(s.c, value); err != nil {
		if p.secret {
			value = ""
		}
		return &ConfigError{Key: written, Value: value, Reason: err.Error()}
	}
	return nil
}

// FormatDSN writes c as a DSN that [ParseDSN] reads back equal. Fields left zero are not written, keys are sorted. The
// password is part of it: [Config.Redacted] is the form to show. A single one of Hosts is read back as Host. A Dialer has no text form, and of Location only
// names of the time zone database can be read back.
func (c *Config) FormatDSN() string { return c.formatDSN(false) }

func (c *Config) formatDSN(redact bool) string {
	b := []byte(dsnPrefix)
	if c.User != "" || c.Password != "" {
		b = append(b, escapeDSN(c.User, "")...)
		if c.Password != "" {
			b = append(b, ':')
			b = append(b, redactIf(redact, escapeDSN(c.Password, ""))...)
		}
		b = append(b, '@')
	}
	b = append(b, c.formatHosts()...)
	if c.Database != "" {
		b = append(b, "/"+escapeDSN(c.Database, "")...)
	}
	if pairs := c.queryPairs(redact); len(pairs) > 0 {
		b = append(b, "?"+strings.Join(pairs, "&")...)
	}
	return string(b)
}

// queryPairs returns "key=value" of every setting that a query holds, escaped and sorted.
func (c *Config) queryPairs(redact bool) []string {
	var pairs []string
	add := func(key, value string, secret bool) {
		pairs = append(pairs, escapeDSN(key, ":")+"="+redactIf(secret && redact, escapeDSN(value, ":/,")))
	}
	for _, p := range params {
		switch {
		case p.place != "":
		case p.family != nil:
			for name, value := range *p.family(c) {
				add(p.key+name, value, p.secret || tellsSecret(name))
			}
		default:
			if value := p.get(c); value != "" {
				add(p.key, value, p.secret)
			}
		}
	}
	slices.Sort(pairs)
	return pairs
}

func redactIf(secret bool, s string) string {
	if secret {
		return "xxxxx"
	}
	return s
}

// tellsSecret reports whether a Hive or Hadoop setting's name sounds like that of a secret, such as
// fs.s3a.secret.key or javax.jdo.option.ConnectionPassword. It rather hides too much.
func tellsSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "passwd", "secret", "token", "credential", "key"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}

// escapeDSN escapes every byte that is neither unreserved (RFC 3986) nor in keep. The result means the same in every
// part of a URL.
func escapeDSN(s, keep string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(unreserved, s[i]) >= 0 || strings.IndexByte(keep, s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

// unknownKey refuses a key of a query, and tells what may have been meant.
func unknownKey(key string) error {
	refuse := func(format string, args ...any) error {
		return &ConfigError{Key: key, Reason: fmt.Sprintf(format, args...)}
	}
	for _, p := range params {
		if p.place != "" && p.key == key {
			return refuse("not a key of the query: write %s", p.place)
		}
		if name, ok := p.jdbcName(key); ok {
			return refuse("JDBC's name; a DSN has %s", p.key+name)
		}
	}
	if t, ok := jdbcTranslations[key]; ok && t.key != "" {
		return refuse("JDBC's name; a DSN has %s", t.key)
	}
	if known, _ := jdbcParameter(key); known {
		return refuse("%v", errUnsupportedJDBC)
	}
	if near := nearest(key, dsnKeys()); near != "" {
		return refuse("unknown key; did you mean %s?", near)
	}
	if strings.Contains(key, ".") {
		return refuse("unknown key; a setting of Hive is written hiveconf:%s", key)
	}
	return refuse("unknown key; docs/dsn.md lists all")
}

var errUnsupportedJDBC = errors.New("this parameter of Hive's JDBC driver is not supported")
