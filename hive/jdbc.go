package hive

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A JDBC URL is jdbc:hive2://host:port/database;LIST?LIST#LIST, where a LIST is name=value parted by semicolons: the
// connection's parameters, Hive settings, Hive variables (org.apache.hive.jdbc.Utils). Hive's driver ignores a
// parameter that it does not know and an entry that is no name=value; here both are errors.

// jdbcEntry is one name=value of a list, decoded.
type jdbcEntry struct{ name, value string }

// jdbcTranslation turns a parameter into a setting of another name, or with another notation of the value.
type jdbcTranslation struct {
	key string // as in a DSN; "" if the parameter is checked and says nothing that others do not say
	// value rewrites the value, given all parameters of the URL; nil if it stays as it is.
	value func(value string, all map[string]string) (string, error)
}

// jdbcTranslations are the parameters that have no [param] of their own. A file may replace or add entries.
var jdbcTranslations = map[string]jdbcTranslation{
	"socketTimeout":              {"ioTimeout", jdbcSocketTimeout},
	"wmPool":                     {"hivevar:wmpool", nil},
	"mode":                       {"hivevar:mode", nil},
	"hiveCreateAsExternalLegacy": {"hiveconf:hive.create.as.external.legacy", nil},
	"trustStoreType":             {"", jdbcStoreType},
	"keyStoreType":               {"", jdbcStoreType},
	"zooKeeperTruststoreType":    {"", jdbcStoreType},
	"zooKeeperKeystoreType":      {"", jdbcStoreType},
	"twoWay":                     {"", jdbcTwoWay},
}

// jdbcParameters are the other parameters that Hive's driver (4.1) has, with the value that asks for nothing, if there
// is one. Those that no file has registered as a [param] are refused by their names. One that ends in "." is a prefix.
var jdbcParameters = map[string]string{
	"cookieAuth": "true", "requestTrack": "false",
	"trustManagerFactoryAlgorithm": "PKIX", "storePasswordPath": "",
	"kerberosAuthType":    "",
	"browserResponsePort": "", "browserResponseTimeout": "", "browserDisableSslCheck": "false",
	"retries": "1", "retryInterval": "1000", "fetchThreads": "1",
}

// jdbcMoved are parameters that old URLs have in the list of Hive settings (Utils.handleAllDeprecations).
var jdbcMoved = map[string]string{
	"hive.server2.transport.mode":   "transportMode",
	"hive.server2.thrift.http.path": "httpPath",
}

// parseJDBC reads what follows jdbc:hive2://.
func parseJDBC(c *Config, s string) error {
	s, varList, _ := strings.Cut(s, "#")
	s, confList, _ := strings.Cut(s, "?")
	authority, path, _ := strings.Cut(s, "/")
	switch {
	case authority == "":
		return &ConfigError{Key: "host", Reason: "empty: name the server's host; there is no embedded mode"}
	case strings.Contains(authority, "@"):
		return &ConfigError{Key: "host", Reason: "a JDBC URL has no user before the host: write /database;user=name;password=word after it"}
	case strings.Contains(authority, ";"):
		return &ConfigError{Key: "host", Reason: "no / between host and parameters: write host:port/;name=value"}
	}
	if err := setHosts(c, strings.Split(authority, ",")); err != nil {
		return err
	}
	database, paramList, _ := strings.Cut(path, ";")
	var err error
	if c.Database, err = url.PathUnescape(database); err != nil {
		return &ConfigError{Key: "database", Reason: badEscape}
	}
	parameters, err := jdbcList("parameters", paramList)
	if err != nil {
		return err
	}
	confs, err := jdbcList("Hive settings after the ?", confList)
	if err != nil {
		return err
	}
	vars, err := jdbcList("Hive variables after the #", varList)
	if err != nil {
		return err
	}
	return applyJDBC(c, parameters, confs, vars)
}

// jdbcList reads one list. It decodes a name and a value after parting them, so that %3B and %3D stand for themselves;
// + is a plus. Errors quote neither an entry without = nor a value: it may be the rest of a password.
func jdbcList(what, list string) ([]jdbcEntry, error) {
	var entries []jdbcEntry
	seen := map[string]bool{}
	for i, text := range strings.Split(list, ";") {
		if text == "" {
			continue
		}
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, &ConfigError{Reason: fmt.Sprintf("entry %d of the %s is not name=value (a password with ; ? or # needs the form %s)", i+1, what, dsnPrefix)}
		}
		name, err := url.PathUnescape(name)
		if err != nil {
			return nil, &ConfigError{Reason: fmt.Sprintf("entry %d of the %s: %s", i+1, what, badEscape)}
		}
		// Hive's driver has decoded the password up to 4.0 and takes it as it stands since 4.1.
		if name == "password" && strings.Contains(value, "%") {
			return nil, &ConfigError{Key: name, Reason: "Hive's own drivers disagree on what a % in a password means: use the form " + dsnPrefix + "user:password@host, with %25 for a %"}
		}
		if value, err = url.PathUnescape(value); err != nil {
			return nil, &ConfigError{Key: name, Reason: badEscape}
		}
		if seen[name] {
			return nil, &ConfigError{Key: name, Reason: "given twice"}
		}
		seen[name] = true
		entries = append(entries, jdbcEntry{name, value})
	}
	return entries, nil
}

// applyJDBC puts the entries of the three lists into c.
func applyJDBC(c *Config, parameters, confs, vars []jdbcEntry) error {
	set := paramSetter{c: c}
	all := make(map[string]string, len(parameters))
	for _, e := range parameters {
		all[e.name] = e.value
	}
	for _, e := range confs {
		if to, moved := jdbcMoved[e.name]; moved {
			all[to] = e.value
		}
	}
	for _, e := range parameters {
		if err := setJDBC(&set, e.name, e, all); err != nil {
			return err
		}
	}
	for _, e := range confs {
		key := "hiveconf:" + e.name
		if to, moved := jdbcMoved[e.name]; moved {
			key = to
		}
		if err := setJDBC(&set, key, e, all); err != nil {
			return err
		}
	}
	for _, e := range vars {
		if err := setJDBC(&set, "hivevar:"+e.name, e, all); err != nil {
			return err
		}
	}
	return nil
}

// setJDBC sets what key names, written as e; all are the parameters of the URL.
func setJDBC(set *paramSetter, key string, e jdbcEntry, all map[string]string) error {
	if p, name := paramOfJDBC(key); p != nil {
		return set.set(p, name, e.name, e.value)
	}
	if t, ok := jdbcTranslations[key]; ok {
		if t.value != nil {
			value, err := t.value(e.value, all)
			if err != nil {
				return &ConfigError{Key: e.name, Value: e.value, Reason: err.Error()}
			}
			e.value = value
		}
		if t.key == "" {
			return nil
		}
		p, name := paramOfDSN(t.key)
		return set.set(p, name, e.name, e.value)
	}
	known, harmless := jdbcParameter(key)
	switch {
	case known && harmless != "" && strings.EqualFold(e.value, harmless):
		return nil
	case known && harmless != "":
		return &ConfigError{Key: e.name, Reason: fmt.Sprintf("%v, except with the value %s", errUnsupportedJDBC, harmless)}
	case known:
		return &ConfigError{Key: e.name, Reason: errUnsupportedJDBC.Error()}
	}
	if near := nearest(key, jdbcNames()); near != "" {
		return &ConfigError{Key: e.name, Reason: fmt.Sprintf("unknown parameter; did you mean %s?", near)}
	}
	if strings.Contains(key, ".") {
		return &ConfigError{Key: e.name, Reason: "unknown parameter; a setting of Hive goes behind the ?, as in /database;user=name?" + key + "=value"}
	}
	return &ConfigError{Key: e.name, Reason: "unknown parameter; docs/dsn.md lists all"}
}

// paramOfJDBC finds the setting that a JDBC URL names by a JDBC name or by the key of a DSN.
func paramOfJDBC(key string) (p *param, name string) {
	for i := range params {
		if name, ok := params[i].jdbcName(key); ok {
			return &params[i], name
		}
	}
	return paramOfDSN(key)
}

// jdbcName reports whether p has a JDBC name that is key, and what follows it if p is a family.
func (p *param) jdbcName(key string) (name string, ok bool) {
	for _, j := range p.jdbc {
		if name, ok = strings.CutPrefix(key, j); ok && (name == "" || p.family != nil) {
			return name, true
		}
	}
	return "", false
}

// jdbcParameter reports whether Hive's driver has a parameter, and which value of it asks for nothing.
func jdbcParameter(name string) (known bool, harmless string) {
	if harmless, known = jdbcParameters[name]; known {
		return true, harmless
	}
	for prefix := range jdbcParameters {
		if strings.HasSuffix(prefix, ".") && strings.HasPrefix(name, prefix) {
			return true, ""
		}
	}
	return false, ""
}

func jdbcNames() []string {
	names := dsnKeys()
	for _, p := range params {
		names = append(names, p.jdbc...)
	}
	names = slices.AppendSeq(names, maps.Keys(jdbcTranslations))
	names = slices.AppendSeq(names, maps.Keys(jdbcParameters))
	slices.Sort(names)
	return names
}

// jdbcSocketTimeout gives socketTimeout its unit: Hive's driver counts milliseconds on a binary transport and seconds
// over HTTP (HiveConnection.setupLoginTimeout, createUnderlyingTransport, getHttpClient).
func jdbcSocketTimeout(value string, all map[string]string) (string, error) {
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return "", errors.New("want a whole number of milliseconds")
	}
	unit := time.Millisecond
	if strings.EqualFold(all["transportMode"], "http") {
		unit = time.Second
	}
	return (time.Duration(n) * unit).String(), nil
}
