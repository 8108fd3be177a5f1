package toolkit

import (
	"testing"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// TestConnectPlugin: the plug-in that a URL names has its hand in an engine that asks the server for its dialect, and its
// parameter does not reach the driver.
func TestConnectPlugin(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	called := 0
	if err := engine.RegisterPlugin("counting", func(u engine.URL, c *engine.Config) (engine.URL, error) {
		called++
		c.Options.Tag = u.Query().Get("counted_as")
		return u.WithQuery("counted_as"), nil
	}); err != nil {
		t.Fatal(err)
	}
	u, err := engine.ParseURL(srv.DSN())
	if err != nil {
		t.Fatal(err)
	}
	dsn := u.WithQuery("plugin", "counting").WithQuery("counted_as", "one").Reveal()
	e, err := skep.Connect(t.Context(), dsn, engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if got := e.Options().Tag; called != 1 || got != "one" {
		t.Errorf("the plug-in was called %d times, and the tag is %q", called, got)
	}
	if _, err := e.Exec(t.Context(), expr.Select(expr.Lit[expr.Int](1))); err != nil {
		t.Error(err)
	}
}
