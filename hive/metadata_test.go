package hive_test

import (
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

func TestMetadata(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	rows, err := s.Tables(t.Context(), "a", "")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for b, err := range rows.Batches(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n += b.Len()
	}
	if n != 5 {
		t.Errorf("%d rows, want 5", n)
	}
	if err := rows.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if s.Changed() {
		t.Error("the session counts as changed")
	}
	if _, err := s.Functions(t.Context(), ""); err == nil {
		t.Error("a call that the server does not know: no error")
	}
	works(t, s, 5)
}

func TestEscapePattern(t *testing.T) {
	tests := map[string]string{"": "", "flights": "flights", "a_b": `a\_b`, "%": `\%`, `a\b`: `a\\b`, "a*b|c.d": "a*b|c.d"}
	for name, want := range tests {
		if got := hive.EscapePattern(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
