package hive_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// An idle session is kept, and a session in use is left alone.
func TestSessionKeepAlive(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	cfg := configFor(srv.Port())
	cfg.SessionKeepAlive = 20 * time.Millisecond
	s := connect(t, cfg)
	srv.Await(t, "three signs of life", func() bool { return srv.Count("GetInfo") >= 3 })
	works(t, s, 5)
	if err := s.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	idle(t, srv, 0)

	cfg.SessionKeepAlive = time.Minute
	before := srv.Count("GetInfo")
	works(t, connect(t, cfg), 5)
	if got := srv.Count("GetInfo") - before; got != 0 {
		t.Errorf("%d signs of life of a session that was not idle, want none", got)
	}
}

// A session that the server has ended, or whose connection has, is not kept up by anybody.
func TestSessionKeepAliveEnds(t *testing.T) {
	srv := fakehs2.Start(t)
	cfg := configFor(srv.Port())
	cfg.SessionKeepAlive = 10 * time.Millisecond
	s := connect(t, cfg)
	srv.Disconnect()
	for start := time.Now(); s.Err() == nil && time.Since(start) < soon; time.Sleep(time.Millisecond) {
	}
	time.Sleep(5 * cfg.SessionKeepAlive)
	if got := srv.Count("OpenSession"); got != 1 {
		t.Errorf("%d sessions were opened, want 1", got)
	}
}

// What is to be run in a new session is run before anything else, once a session, and is part of its beginning.
func TestInit(t *testing.T) {
	srv := fakehs2.Start(t)
	file := filepath.Join(t.TempDir(), "init.hql")
	if err := os.WriteFile(file, []byte("# of the team; for all\nset a=1;\n-- another\nset b=';';\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := configFor(srv.Port())
	cfg.InitFile, cfg.Init = file, "use c"
	s := connect(t, cfg)
	if got := srv.Count("ExecuteStatement"); got != 3 {
		t.Errorf("%d statements, want 3", got)
	}
	if s.Changed() {
		t.Error("the session counts as changed before it is used")
	}
	if err := s.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	idle(t, srv, 0)
}

// A session whose beginning fails is none, and leaves nothing behind.
func TestInitFails(t *testing.T) {
	srv := fakehs2.Start(t)
	for _, tt := range []struct {
		name   string
		change func(*hive.Config)
		want   string
	}{
		{"statement", func(c *hive.Config) {
			c.Init = "set a=1;\nuse nowhere"
			srv.On("ExecuteStatement", fakehs2.Answer, fakehs2.Exception(fakehs2Internal, "no such database"))
		}, "statement 2 of init, line 2: "},
		{"file", func(c *hive.Config) { c.InitFile = filepath.Join(t.TempDir(), "none.hql") }, "initFile"},
		{"quotes", func(c *hive.Config) { c.Init = "set a='1" }, "init"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := configFor(srv.Port())
			tt.change(cfg)
			s, err := hive.Connect(bounded(t), cfg)
			if err == nil {
				_ = s.Close(bounded(t))
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
			var config *hive.ConfigError
			var server *hive.Error
			if !errors.As(err, &config) && !errors.As(err, &server) {
				t.Errorf("got %T", err)
			}
			idle(t, srv, 0)
		})
	}
}

const fakehs2Internal = 6 // TApplicationException, INTERNAL_ERROR
