package hive

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// param is one setting: where text has it, and how it gets into a Config and out. A file that brings settings of its
// own registers them from a variable's initialiser; reading, writing, checking and redacting then follow from here.
type param struct {
	// key is the name in a DSN's query and in errors. It ends in ":" if it heads a family of names, as in hiveconf:NAME.
	key string
	// jdbc are names in a JDBC URL, besides key, of which the values mean the same. That of a family ends in a dot.
	jdbc []string
	// place is the part of a DSN that holds the setting, if it is not a key of the query.
	place string
	// secret keeps the value out of errors and out of [Config.Redacted].
	secret bool
	// set reads a value; its error gives the reason only.
	set func(c *Config, value string) error
	// get writes the value, "" for a zero field.
	get func(c *Config) string
	// family takes the place of set and get where key heads a family: the field that holds it.
	family func(c *Config) *map[string]string
	// check is the setting's part of [Config.Validate], or nil.
	check func(c *Config) error
}

var (
	params     []param
	authChecks = map[AuthMode]func(*Config) error{}
)

// registerParams adds settings. It returns something to assign, so that a package variable can call it.
func registerParams(ps ...param) struct{} {
	params = append(params, ps...)
	return struct{}{}
}

// registerAuth adds a way to log in, with its part of [Config.Validate].
func registerAuth(mode AuthMode, check func(*Config) error) struct{} {
	authChecks[mode] = check
	return struct{}{}
}

var (
	_ = registerAuth(AuthNone, func(*Config) error { return nil })
	_ = registerAuth(AuthNoSASL, checkNoSASL)
	_ = registerAuth(AuthLDAP, checkLDAP)

	_ = registerParams(
		param{key: "host", place: "hive://HOST,HOST", check: checkHosts},
		param{key: "port", place: "hive://host:PORT", check: checkPort},
		placeParam("database", "hive://host/DATABASE", func(c *Config) *string { return &c.Database }),
		placeParam("user", "hive://USER@host", func(c *Config) *string { return &c.User }, "user"),
		secretParam(placeParam("password", "hive://user:PASSWORD@host", func(c *Config) *string { return &c.Password }, "password")),
		stringParam("proxyUser", func(c *Config) *string { return &c.ProxyUser }, "hive.server2.proxy.user"),
		param{key: "auth", set: setAuth, get: func(c *Config) string { return string(c.Auth) }, check: checkAuth},
		familyParam("hiveconf:", func(c *Config) *map[string]string { return &c.SessionConf }),
		familyParam("hivevar:", func(c *Config) *map[string]string { return &c.SessionVars }),
		durationParam("connectTimeout", offIsNegative, func(c *Config) *time.Duration { return &c.ConnectTimeout }),
		durationParam("ioTimeout", offIsZero, func(c *Config) *time.Duration { return &c.IOTimeout }),
		durationParam("keepAlive", offIsNegative, func(c *Config) *time.Duration { return &c.KeepAlive }),
		durationParam("cancelTimeout", neverOff, func(c *Config) *time.Duration { return &c.CancelTimeout }),
		durationParam("idleCheck", offIsNegative, func(c *Config) *time.Duration { return &c.IdleCheck }),
		durationParam("queryTimeout", offIsZero, func(c *Config) *time.Duration { return &c.QueryTimeout }),
		fetchSizeParam(),
		param{key: "prefetch", set: setPrefetch, get: getPrefetch},
		// Thrift's lengths are signed 32-bit numbers.
		countParam("maxMessageSize", math.MaxInt32, parseSize, formatSize, func(c *Config) *int { return &c.MaxMessageSize }, "thrift.client.max.message.size"),
		param{key: "location", set: setLocation, get: getLocation},
		wordParam("multiStatements", "true", "false", func(c *Config) *bool { return &c.MultiStatements }),
		wordParam("tx", "scope", "error", func(c *Config) *bool { return &c.TxScope }),
	)
)

// stringParam is a field of text that is either absent or not empty.
func stringParam(key string, field func(*Config) *string, jdbc ...string) param {
	p := placeParam(key, "", field, jdbc...)
	p.set = func(c *Config, value string) error {
		if value == "" {
			return errors.New("empty: leave it out")
		}
		*field(c) = value
		return nil
	}
	return p
}

// placeParam is a field of text that has a place of its own in a DSN; there, empty is the same as absent.
func placeParam(key, place string, field func(*Config) *string, jdbc ...string) param {
	return param{
		key: key, place: place, jdbc: jdbc,
		set:   func(c *Config, value string) error { *field(c) = value; return nil },
		get:   func(c *Config) string { return *field(c) },
		check: func(c *Config) error { return checkPlainText(*field(c), "") },
	}
}

func secretParam(p param) param {
	p.secret = true
	return p
}

// familyParam is a field that maps names to values.
func familyParam(key string, field func(*Config) *map[string]string) param {
	check := func(c *Config) error {
		m := *field(c)
		for _, name := range slices.Sorted(maps.Keys(m)) {
			err := errors.Join(checkPlainText(name, ""), checkPlainText(m[name], "\t\r\n"))
			switch {
			case name == "":
				err = errors.New("a name must follow the colon")
			case key == "hiveconf:" && name == "hive.server2.proxy.user":
				// As a hiveconf it has no effect: HiveServer2 would run everything as User.
				err = errors.New("impersonation is the setting proxyUser, not a hiveconf")
			}
			if err != nil {
				return &ConfigError{Key: key + name, Reason: err.Error()}
			}
		}
		return nil
	}
	return param{key: key, family: field, check: check}
}

// durationRule says what zero and less mean in a field of type time.Duration.
type durationRule int

const (
	offIsNegative durationRule = iota // zero is the default, negative is off
	offIsZero                         // zero is off
	neverOff                          // zero is the default
)

// durationParam is a time in Go's notation, or the word "off". Zero is accepted only where it is off: elsewhere it is
// the default in a Config, which is not what "0s" in a DSN would be taken for.
func durationParam(key string, rule durationRule, field func(*Config) *time.Duration) param {
	set := func(c *Config, value string) error {
		d, err := time.ParseDuration(value)
		switch {
		case value == "off" && rule == offIsNegative:
			d = -1
		case value == "off" && rule == offIsZero:
			d = 0
		case err != nil:
			return errors.New("want a number with its unit, such as 500ms, 30s or 1m30s")
		case d == 0 && rule == offIsNegative:
			return errors.New("want more than zero, or off")
		case d == 0 && rule == neverOff:
			return errors.New("want more than zero")
		}
		*field(c) = d
		return nil
	}
	get := func(c *Config) string {
		switch d := *field(c); d {
		case 0:
			return ""
		case -1:
			return "off"
		default:
			return d.String()
		}
	}
	check := func(c *Config) error {
		if d := *field(c); d < 0 && rule != offIsNegative {
			return fmt.Errorf("%v is negative", d)
		}
		return nil
	}
	return param{key: key, set: set, get: get, check: check}
}

// countParam is a number from 1 to most; zero is the default in a Config, and absent from text.
func countParam(key string, most int64, parse func(string) (int64, error), format func(int) string, field func(*Config) *int, jdbc ...string) param {
	set := func(c *Config, value string) error {
		n, err := parse(value)
		switch {
		case err != nil:
			return err
		case n < 1 || n > most:
			return fmt.Errorf("want 1 to %d", most)
		}
		*field(c) = int(n)
		return nil
	}
	get := func(c *Config) string {
		if *field(c) == 0 {
			return ""
		}
		return format(*field(c))
	}
	check := func(c *Config) error {
		if n := *field(c); n < 0 || int64(n) > most {
			return fmt.Errorf("%d is not from 1 to %d", n, most)
		}
		return nil
	}
	return param{key: key, jdbc: jdbc, set: set, get: get, check: check}
}

func parseCount(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0, errors.New("want a whole number")
	}
	return int64(n), nil
}

var sizeUnits = []struct {
	name  string
	shift int
}{{"GiB", 30}, {"MiB", 20}, {"KiB", 10}}

func parseSize(s string) (int64, error) {
	shift := 0
	for _, u := range sizeUnits {
		if number, ok := strings.CutSuffix(s, u.name); ok {
			s, shift = number, u.shift
			break
		}
	}
	n, err := strconv.ParseUint(s, 10, 63-shift)
	if err != nil {
		return 0, errors.New("want a number of bytes, or one with KiB, MiB or GiB")
	}
	return int64(n) << shift, nil
}

func formatSize(n int) string {
	for _, u := range sizeUnits {
		if n%(1<<u.shift) == 0 {
			return strconv.Itoa(n>>u.shift) + u.name
		}
	}
	return strconv.Itoa(n)
}

// wordParam is a choice of two words, of which the second is the default.
func wordParam(key, yes, no string, field func(*Config) *bool) param {
	set := func(c *Config, value string) error {
		if value != yes && value != no {
			return fmt.Errorf("want %s or %s", yes, no)
		}
		*field(c) = value == yes
		return nil
	}
	get := func(c *Config) string {
		if *field(c) {
			return yes
		}
		return ""
	}
	return param{key: key, set: set, get: get}
}

// setAuth ignores case: a JDBC URL says noSasl.
func setAuth(c *Config, value string) error {
	for mode := range authChecks {
		if strings.EqualFold(string(mode), value) {
			c.Auth = mode
			return nil
		}
	}
	if strings.EqualFold(value, "browser") {
		c.Auth = "browser"
		return nil // which checkAuth refuses, with the reason
	}
	return errors.New("not supported; it may be " + names(authChecks))
}

func names[V any](modes map[AuthMode]V) string {
	var names []string
	for mode := range modes {
		names = append(names, string(mode))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// fetchSizeParam is a count, or the word "auto".
func fetchSizeParam() param {
	p := countParam("fetchSize", math.MaxInt32, parseCount, strconv.Itoa, func(c *Config) *int { return &c.FetchSize })
	count := p.set
	p.set = func(c *Config, value string) error {
		if value == "auto" {
			c.FetchSize = 0
			return nil
		}
		return count(c, value)
	}
	return p
}

// setPrefetch takes zero for none, which in a Config is less than zero.
func setPrefetch(c *Config, value string) error {
	n, err := parseCount(value)
	if err != nil || n > math.MaxInt32 {
		return errors.New("want a whole number, 0 for none")
	}
	c.Prefetch = int(n)
	if n == 0 {
		c.Prefetch = -1
	}
	return nil
}

func getPrefetch(c *Config) string {
	if c.Prefetch == 0 {
		return ""
	}
	return strconv.Itoa(max(c.Prefetch, 0))
}

func setLocation(c *Config, value string) error {
	loc, err := time.LoadLocation(value)
	if err != nil || value == "" {
		return errors.New("no such time zone on this machine; want a name such as UTC, Local or Asia/Tokyo")
	}
	c.Location = loc
	return nil
}

// getLocation writes a zone that has no name as one that cannot be read, rather than as the default.
func getLocation(c *Config) string {
	switch {
	case c.Location == nil:
		return ""
	case c.Location.String() == "":
		return "unnamed"
	}
	return c.Location.String()
}

func dsnKeys() []string {
	var keys []string
	for _, p := range params {
		if p.place == "" {
			keys = append(keys, p.key)
		}
	}
	return keys
}

// nearest returns the candidate that is one or two slips of the pen away from word, or "". Of a family only what
// stands before the colon counts.
func nearest(word string, candidates []string) string {
	best, least := "", 3
	for _, c := range candidates {
		w := word
		if i := strings.Index(word, ":"); i >= 0 && strings.HasSuffix(c, ":") {
			w = word[:i+1]
		}
		if d := editDistance(strings.ToLower(w), strings.ToLower(c)); d < least && d < len(c)/2 {
			best, least = c+word[len(w):], d
		}
	}
	return best
}

// editDistance counts the bytes to insert, delete or replace to turn a into b; it stops counting at words too long to
// be a slip.
func editDistance(a, b string) int {
	if len(a) > len(b)+2 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
