package live

import (
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf8"
)

// Must is the value, once it is known in which test: Must(f())(t).
func Must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

// Eventually waits until what is so, at most for limit.
func Eventually(t testing.TB, limit time.Duration, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// RandomRune is a character from 1 to most.
func RandomRune(r *rand.Rand, most int) rune {
	for {
		if c := rune(1 + r.IntN(most)); utf8.ValidRune(c) {
			return c
		}
	}
}

// Random is a source whose seed is printed if the test fails.
func Random(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("random seed: %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}
