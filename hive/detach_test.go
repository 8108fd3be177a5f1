package hive_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// detached begins a statement and leaves it.
func detached(t *testing.T, srv *fakehs2.Server) *hive.OperationToken {
	t.Helper()
	s := connect(t, resuming(srv.Port()))
	op, err := s.Execute(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := op.Detach(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	want{kind: "closed"}.check(t, op.Wait(bounded(t)))
	want{kind: "closed"}.check(t, s.Ping(bounded(t)))
	srv.Await(t, "the end of the connection", func() bool { _, _, connections := srv.Open(); return connections == 0 })
	return token
}

// An operation is taken up by way of its token's text, and read from its first row, by one after another.
func TestAttach(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	token, err := hive.ParseOperationToken(detached(t, srv).Reveal())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, op, err := hive.Attach(bounded(t), configFor(srv.Port()), token)
		if err != nil {
			t.Fatal(err)
		}
		if err := op.Wait(bounded(t)); err != nil {
			t.Fatal(err)
		}
		rows, err := op.Rows(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		if n := firstBatch(t, rows); n != 3 {
			t.Errorf("the first batch has %d rows, want 3", n)
		}
		srv.Disconnect() // the program dies here
		t.Cleanup(func() { _ = s.Close(bounded(t)) })
	}
	s, op, err := hive.Attach(bounded(t), configFor(srv.Port()), token)
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	works(t, s, 5)
	if err := s.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	_, _, err = hive.Attach(bounded(t), configFor(srv.Port()), token)
	want{kind: "server", is: []error{hive.ErrUnknownOperation}}.check(t, err)
}

func TestDetachRefused(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	bound := connect(t, configFor(srv.Port()))
	op, err := bound.Execute(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var config *hive.ConfigError
	if _, err := op.Detach(bounded(t)); !errors.As(err, &config) || config.Key != "resume" {
		t.Errorf("from a session that ends with its connection: %v, want a ConfigError of resume", err)
	}
	works(t, bound, 5)
	rows, err := connect(t, resuming(srv.Port())).Query(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rows.Operation().Detach(bounded(t)); err == nil || !strings.Contains(err.Error(), "detach it before") {
		t.Errorf("with rows: %v", err)
	}
}

// A token prints as nothing, and a text that is none is told from one of another version.
func TestOperationToken(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	var empty hive.OperationToken
	if _, _, err := hive.Attach(bounded(t), configFor(srv.Port()), &empty); !errors.Is(err, hive.ErrInvalidToken) || empty.Reveal() != "" {
		t.Errorf("a token from nowhere: %v", err)
	}
	token := detached(t, srv)
	text := token.Reveal()
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("detached", "token", token, "value", *token)
	encoded, err := json.Marshal(map[string]any{"token": token})
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s %q %d %x", token, *token, *token, token, *token, token, *token), log.String(), string(encoded)} {
		for _, secret := range []string{text, text[20:30], fakehs2.Secret, fmt.Sprintf("%x", fakehs2.Secret)} {
			if strings.Contains(printed, secret) {
				t.Errorf("%s tells %s", printed, secret)
			}
		}
	}
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "does not begin"},
		{"another text", "hunter2", "does not begin"},
		{"a later version", strings.Replace(text, "-1.", "-2.", 1), "another version"},
		{"cut short", text[:len(text)-4], "cut short"},
		{"changed", text[:40] + "A" + text[41:], "cut short or changed"},
		{"longer", text + "AAAA", "cut short or changed"},
	} {
		if tt.text == text {
			continue
		}
		_, err := hive.ParseOperationToken(tt.text)
		if !errors.Is(err, hive.ErrInvalidToken) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want ErrInvalidToken with %q", tt.name, err, tt.want)
		}
	}
	if again, err := hive.ParseOperationToken(" " + text + "\n"); err != nil || again.Reveal() != text {
		t.Errorf("parsed and revealed again: %v", err)
	}
}

// FuzzParseOperationToken: what is read is what was written, and nothing else.
func FuzzParseOperationToken(f *testing.F) {
	f.Add("skep-operation-1.AQoAAAAAADndaWw")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := hive.ParseOperationToken(text)
		if err != nil {
			if !errors.Is(err, hive.ErrInvalidToken) {
				t.Errorf("%v", err)
			}
			return
		}
		if got := token.Reveal(); got != strings.TrimSpace(text) {
			again, err := hive.ParseOperationToken(got)
			if err != nil || again.Reveal() != got {
				t.Errorf("%q becomes %q: %v", text, got, err)
			}
		}
	})
}
