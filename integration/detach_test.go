package integration

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// What the second process of TestDetach is told.
const (
	detachedDSN   = "SKEP_TEST_DETACHED_DSN"
	detachedToken = "SKEP_TEST_DETACHED_TOKEN"
)

// A statement that this process begins is waited for, read and ended by another one.
func TestDetach(t *testing.T) {
	if text := os.Getenv(detachedToken); text != "" {
		takeUp(t, text)
		return
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		t.Run("binary", func(t *testing.T) { detach(t, live.Config(t, srv, func(c *hive.Config) { c.Resume = true })) })
		if srv.HTTPAddr() != "" {
			t.Run("HTTP", func(t *testing.T) {
				detach(t, live.At(t, live.Config(t, srv, func(c *hive.Config) { c.Transport = hive.TransportHTTP }), srv.HTTPAddr()))
			})
		}
	})
}

func detach(t *testing.T, cfg *hive.Config) {
	s, err := hive.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Exec(t.Context(), "set skep.detached=of the first", hive.Options{}); live.IgnoreRows(err) != nil {
		t.Fatal(err)
	}
	op, err := s.Execute(t.Context(), "select i, '${hiveconf:skep.detached}' from "+live.Series(2000)+" sort by i", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := op.Detach(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDetach$", "-test.v")
	second.Env = append(os.Environ(), detachedDSN+"="+cfg.FormatDSN(), detachedToken+"="+token.Reveal())
	out, err := second.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "\n--- PASS: TestDetach ") {
		t.Fatalf("%v\n%s", err, strings.ReplaceAll(string(out), token.Reveal(), "…"))
	}
	if _, _, err := hive.Attach(t.Context(), cfg, token); !errors.Is(err, hive.ErrUnknownOperation) {
		t.Errorf("attached to what has ended: %v, want ErrUnknownOperation", err)
	}
}

// takeUp is the second process.
func takeUp(t *testing.T, text string) {
	cfg, err := hive.ParseDSN(os.Getenv(detachedDSN))
	if err != nil {
		t.Fatal(err)
	}
	token, err := hive.ParseOperationToken(text)
	if err != nil {
		t.Fatal(err)
	}
	s, op, err := hive.Attach(t.Context(), cfg, token)
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := op.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := int32(0)
	for b, err := range rows.Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		values, err := hive.Values[int32](b, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if v != n {
				t.Fatalf("row %d holds %d", n, v)
			}
			n++
		}
	}
	if err := rows.Close(t.Context()); err != nil || n != 2000 {
		t.Errorf("%d rows, %v", n, err)
	}
	if got := fmt.Sprint(firstRow(t, s, "select '${hiveconf:skep.detached}'", hive.Options{})); got != "[of the first]" {
		t.Errorf("the session's setting is %s", got)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
