package engine_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/schema"
)

// registered is what came of making the scheme of these tests known.
var registered = engine.Register("Fake", fakeOpener)

// fakeOpener reads URLs of a server that refuses to connect.
func fakeOpener(url string) (engine.Target, error) {
	if strings.HasSuffix(url, "bad") {
		return engine.Target{}, errServer
	}
	return engine.Target{Connector: &server{refuse: errServer}, Dialect: compile.ANSI{}}, nil
}

func TestOpen(t *testing.T) {
	if registered != nil {
		t.Fatal(registered)
	}
	var scheme *engine.SchemeError
	if err := engine.Register("fake", fakeOpener); !errors.As(err, &scheme) || !scheme.Taken {
		t.Errorf("registered twice: %v", err)
	}
	_, err := engine.Open("other://user:s3cret@host/db", engine.Config{})
	if !errors.As(err, &scheme) || !slices.Contains(scheme.Known, "fake") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("an unknown scheme: %v", err)
	}
	if _, err := engine.Open("s3cret", engine.Config{}); !errors.As(err, &scheme) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("no scheme: %v", err)
	}
	if _, err := engine.Open("fake://bad", engine.Config{}); !errors.Is(err, errServer) {
		t.Errorf("a URL that cannot be read: %v", err)
	}
	e, err := engine.Open("FAKE://host", engine.Config{})
	if err != nil {
		t.Fatalf("opening connects: %v", err)
	}
	if _, err := e.Query(t.Context(), one); !errors.Is(err, errServer) {
		t.Errorf("the first statement: %v, want that connecting is refused", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func TestFromConfig(t *testing.T) {
	for _, tc := range []struct {
		settings map[string]string
		open     int    // the most that may be open, 0 for any number
		refused  string // the option of the error
	}{
		{map[string]string{}, 15, ""},
		{map[string]string{"pool_size": "3", "max_overflow": "4"}, 7, ""},
		{map[string]string{"pool_size": "3", "max_overflow": "0"}, 3, ""},
		{map[string]string{"pool_size": "0"}, 0, ""},
		{map[string]string{"max_overflow": "-1"}, 0, ""},
		{map[string]string{"pool_timeout": "1.5", "echo": "true"}, 0, "pool_timeout"},
		{map[string]string{"pool_timeout": "1m30s", "pool_recycle": "1800", "pool_idle_timeout": "-1"}, 15, ""},
		{map[string]string{"echo": "True", "hide_parameters": "1", "enable_from_linting": "false"}, 15, ""},
		{map[string]string{"fetch_size": "10", "yield_per": "5", "query_cache_size": "0"}, 15, ""},
		{map[string]string{"isolation_level": "autocommit"}, 15, ""},
		{map[string]string{"isolation_level": "SERIALIZABLE"}, 0, "isolation_level"},
		{map[string]string{"hide_parameters": "perhaps"}, 0, "hide_parameters"},
		{map[string]string{"pool_size": "-1"}, 0, "pool_size"},
		{map[string]string{"pool_siz": "1"}, 0, "pool_siz"},
		{map[string]string{"url": ""}, 0, "url"},
	} {
		settings := map[string]string{"db.url": "fake://host", "other.pool_size": "x"}
		for name, value := range tc.settings {
			settings["db."+name] = value
		}
		e, err := engine.FromConfig(settings, "db.", engine.Config{})
		var refused *engine.OptionError
		switch {
		case tc.refused != "":
			if !errors.As(err, &refused) || refused.Option != "db."+tc.refused {
				t.Errorf("%v: got %v, want an *OptionError about %s", tc.settings, err, tc.refused)
			}
		case err != nil:
			t.Errorf("%v: %v", tc.settings, err)
		default:
			if got := e.DB().Stats().MaxOpenConnections; got != tc.open {
				t.Errorf("%v: %d sessions may be open, want %d", tc.settings, got, tc.open)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestEveryParameter: each parameter of create_engine is honoured or refused by its name, none is unknown.
func TestEveryParameter(t *testing.T) {
	honoured := map[string]string{
		"echo": "true", "enable_from_linting": "true", "hide_parameters": "true", "isolation_level": "AUTOCOMMIT",
		"max_overflow": "10", "plugins": "", "pool_recycle": "-1", "pool_size": "5", "pool_timeout": "30", "query_cache_size": "500",
	}
	for name, value := range honoured {
		e, err := engine.FromConfig(map[string]string{"url": "fake://host", name: value}, "", engine.Config{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	others := strings.Fields(`case_sensitive connect_args convert_unicode creator echo_pool empty_in_strategy encoding
		execution_options future implicit_returning json_deserializer json_serializer label_length listeners logging_name
		max_identifier_length module paramstyle pool pool_events pool_logging_name pool_pre_ping
		pool_reset_on_return pool_use_lifo poolclass strategy`)
	reasons := map[string]bool{}
	for _, name := range others {
		_, err := engine.FromConfig(map[string]string{"url": "fake://host", name: "x"}, "", engine.Config{})
		var refused *engine.OptionError
		if !errors.As(err, &refused) || refused.Option != name || strings.Contains(refused.Reason, "not known") {
			t.Errorf("%s: got %v, want the reason why it is refused", name, err)
			continue
		}
		reasons[refused.Reason] = true
	}
	if len(reasons) < len(others)/2 {
		t.Errorf("%d reasons for %d parameters: %q", len(reasons), len(others), slices.Sorted(maps.Keys(reasons)))
	}
}

func TestInspector(t *testing.T) {
	_, e := serverWith(t, engine.Config{})
	if _, err := e.Inspector(); !errors.Is(err, engine.ErrNoInspector) {
		t.Errorf("got %v of an engine whose opener knows of none", err)
	}
	var of *engine.Engine
	e = engine.OpenTarget(engine.Target{Connector: &server{}, Dialect: compile.ANSI{}, Inspect: func(e *engine.Engine) (schema.Inspector, error) {
		of = e
		return schema.Cached(nil), nil
	}}, engine.Config{})
	defer e.Close()
	view := e.With(engine.Options{Tag: "x"})
	if from, err := view.Inspector(); from == nil || err != nil || of != view {
		t.Errorf("got %v, %v of %p, want that of %p", from, err, of, view)
	}
}
