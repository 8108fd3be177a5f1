package engine

import (
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FromConfig makes an engine of settings that are texts, as in a file: those whose names begin with prefix, in the words
// of create_engine, say what c leaves open. Numbers of seconds may also be written as 1m30s. A setting that is not known,
// or cannot be honoured, is an [*OptionError].
//
//	url                  what Open takes
//	pool_size            0: no limit
//	max_overflow         -1: no limit
//	pool_timeout, pool_recycle, pool_idle_timeout   seconds; -1: no limit
//	query_cache_size     0: no cache
//	echo                 true logs statements with the level of information
//	hide_parameters, enable_from_linting            true or false
//	fetch_size, yield_per, tag
//	plugins              names, separated by commas
//	isolation_level      AUTOCOMMIT
func FromConfig(settings map[string]string, prefix string, c Config) (*Engine, error) {
	url := ""
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		name, ours := strings.CutPrefix(key, prefix)
		switch reason, refused := refusedSettings[name]; {
		case !ours:
		case name == "url":
			url = settings[key]
		case refused:
			return nil, &OptionError{key, reason}
		case settingReaders[name] == nil:
			return nil, &OptionError{key, "it is not known; there are: " + strings.Join(slices.Sorted(maps.Keys(settingReaders)), ", ")}
		default:
			if reason := settingReaders[name](&c, settings[key]); reason != "" {
				return nil, &OptionError{key, strconv.Quote(settings[key]) + ": " + reason}
			}
		}
	}
	if url == "" {
		return nil, &OptionError{prefix + "url", "it is missing"}
	}
	return Open(url, c)
}

// settingReaders read the settings. Each returns what is wrong, "" if nothing is.
var settingReaders = map[string]func(*Config, string) string{
	"pool_size": func(c *Config, text string) string {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return "want a number of sessions, or 0 for no limit"
		}
		c.PoolSize = n
		if n == 0 {
			c.PoolSize = Unlimited
		}
		return ""
	},
	"max_overflow": func(c *Config, text string) string {
		n, err := strconv.Atoi(text)
		switch {
		case err != nil || n < -1:
			return "want a number of sessions, or -1 for no limit"
		case n == -1:
			c.MaxOverflow = Unlimited
		case n == 0:
			c.MaxOverflow = None
		default:
			c.MaxOverflow = n
		}
		return ""
	},
	"pool_timeout":      func(c *Config, text string) string { return seconds(&c.PoolTimeout, text, -1) },
	"pool_recycle":      func(c *Config, text string) string { return seconds(&c.PoolRecycle, text, 0) },
	"pool_idle_timeout": func(c *Config, text string) string { return seconds(&c.IdleTimeout, text, 0) },
	"query_cache_size": func(c *Config, text string) string {
		c.Options.NoCache = text == "0"
		return number(&c.CacheSize, text)
	},
	"echo": func(c *Config, text string) string {
		var echo bool
		reason := truth(&echo, text)
		if echo {
			c.Options.LogLevel = slog.LevelInfo
		}
		return reason
	},
	"hide_parameters": func(c *Config, text string) string { return truth(&c.Options.HideParameters, text) },
	"enable_from_linting": func(c *Config, text string) string {
		var lint bool
		reason := truth(&lint, text)
		c.Options.CartesianLint = Off
		if lint {
			c.Options.CartesianLint = Warn
		}
		return reason
	},
	"fetch_size": func(c *Config, text string) string { return number(&c.Options.FetchSize, text) },
	"yield_per":  func(c *Config, text string) string { return number(&c.Options.YieldPer, text) },
	"tag":        func(c *Config, text string) string { c.Options.Tag = text; return "" },
	"plugins": func(c *Config, text string) string {
		c.Plugins = append(slices.Clip(c.Plugins), strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })...)
		return ""
	},
	"isolation_level": func(_ *Config, text string) string {
		if !strings.EqualFold(text, "AUTOCOMMIT") {
			return "outside of a transaction there is AUTOCOMMIT only; give the level to Begin"
		}
		return ""
	},
}

// seconds reads a time; -1 becomes endless.
func seconds(d *time.Duration, text string, endless time.Duration) string {
	n, err := strconv.Atoi(text)
	switch {
	case err == nil && n == -1:
		*d = endless
		return ""
	case err == nil:
		*d = time.Duration(n) * time.Second
	default:
		*d, err = time.ParseDuration(text)
	}
	if err != nil || *d <= 0 {
		return "want a positive number of seconds, a time such as 1m30s, or -1 for no limit"
	}
	return ""
}

func number(n *int, text string) string {
	read, err := strconv.Atoi(text)
	if err != nil || read < 0 {
		return "want a number that is not negative"
	}
	*n = read
	return ""
}

func truth(b *bool, text string) string {
	read, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return "want true or false"
	}
	*b = read
	return ""
}

// refusedSettings are those of create_engine that there is no use for, with the reason.
var refusedSettings = map[string]string{
	"case_sensitive":        "names of a result's columns are found in any case",
	"connect_args":          "write them into the URL",
	"convert_unicode":       "strings are UTF-8",
	"creator":               "give a connector to OpenTarget",
	"echo_pool":             "ask the pool by Engine.DB().Stats()",
	"empty_in_strategy":     "an empty IN is false, and what that is in SQL the dialect knows",
	"encoding":              "strings are UTF-8",
	"execution_options":     "give them as Config.Options",
	"future":                "there is one interface only",
	"implicit_returning":    "say Returning in the statement",
	"json_deserializer":     "values with parts are read by the types of their columns",
	"json_serializer":       "values with parts are written by the types of their columns",
	"label_length":          "labels are as they were given",
	"listeners":             "give functions as Config.Options.Hooks",
	"logging_name":          "give a logger with attributes as Config.Options.Logger",
	"max_identifier_length": "the dialect knows what names its server takes",
	"module":                "the driver belongs to the scheme of the URL",
	"paramstyle":            "how values are sent belongs to the dialect",
	"pool":                  "give a pool to New",
	"pool_events":           "give functions as Config.Options.Hooks and Config.Connect",
	"pool_logging_name":     "the pool does not log",
	"pool_pre_ping":         "whether a session is asked for before it is used again belongs to the driver: see its URL",
	"pool_reset_on_return":  "the driver gives back a session that is clean, or none",
	"pool_use_lifo":         "the session that was used last is used first, always",
	"poolclass":             "there is one kind of pool; pool_size says the most of what the others are for",
	"strategy":              "use Mock for an engine that writes a script",
}
