package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/skep-go/skep/toolkit/engine"
)

// noted is a plug-in that notes statements under the name that its own parameter gives.
func noted(u engine.URL, c *engine.Config) (engine.URL, error) {
	name := u.Query().Get("noted_as")
	if name == "bad" {
		return u, errServer
	}
	c.Options.Tag = name
	c.Options.Hooks = append(c.Options.Hooks, engine.Hooks{
		BeforeExecute: func(ctx context.Context, e *engine.Event) (context.Context, error) { return ctx, errNoted },
	})
	return u.WithQuery("noted_as"), nil
}

var errNoted = errors.New("noted")

// pluggedIn is what came of making the plug-in known.
var pluggedIn = engine.RegisterPlugin("noted", noted)

func TestPlugin(t *testing.T) {
	if pluggedIn != nil {
		t.Fatal(pluggedIn)
	}
	for url, c := range map[string]engine.Config{
		"fake://ann:s3cret@host/db?plugin=noted&noted_as=me&x=1": {},
		"fake://ann:s3cret@host/db?noted_as=me&x=1":              {Plugins: []string{"noted"}},
	} {
		e, err := engine.Open(url, c)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if got, want := e.URL().Reveal(), "fake://ann:s3cret@host/db?x=1"; got != want {
			t.Errorf("%s: opened as %s, want %s", url, got, want)
		}
		if got := e.Options().Tag; got != "me" || len(c.Options.Hooks) != 0 {
			t.Errorf("%s: the tag is %q, and %d hooks were added to the caller's", url, got, len(c.Options.Hooks))
		}
		if _, err := e.With(engine.Options{DryRun: true}).Query(t.Context(), one); err == nil {
			t.Errorf("%s: the hook was not called", url)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestPluginRefused(t *testing.T) {
	var p *engine.PluginError
	if err := engine.RegisterPlugin("noted", noted); !errors.As(err, &p) || !p.Taken {
		t.Errorf("registered twice: %v", err)
	}
	if _, err := engine.Open("fake://host?plugin=other", engine.Config{}); !errors.As(err, &p) || p.Name != "other" || !slices.Contains(p.Known, "noted") {
		t.Errorf("not known: %v", err)
	}
	if _, err := engine.Open("fake://host?plugin=noted&noted_as=bad", engine.Config{}); !errors.Is(err, errServer) {
		t.Errorf("the plug-in's own error: %v", err)
	}
	settings := map[string]string{"url": "fake://host", "plugins": "noted, other"}
	if _, err := engine.FromConfig(settings, "", engine.Config{}); !errors.As(err, &p) || p.Name != "other" {
		t.Errorf("from settings: %v", err)
	}
}
