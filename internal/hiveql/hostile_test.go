package hiveql

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// parts mean something to Hive's lexer, to its unescaping, or to its substitution of variables.
var parts = []string{
	"'", "''", `"`, "`", `\`, `\\`, `\'`, "$", "${", "}", "${env:PATH}", "${hiveconf:x}", `\u0024`, `\u`, `\101`, `\0`, `\n`, `\%`, `\_`, `\Z`,
	"--", "/*", "*/", ";", "\n", "\r", "\t", "\x1a", "\b", "%", "_", "?", ":x", "a", "0", "é", "\u2028", "測", "🐍", "\U0010ffff", "' or 1=1 --",
}

// TestHostileStrings renders a million random strings, and reads the literals by Hive's own rules.
func TestHostileStrings(t *testing.T) {
	const workers, each = 4, 250_000
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			var b strings.Builder
			for range each {
				b.Reset()
				for range 1 + r.IntN(6) {
					if r.IntN(4) == 0 {
						b.WriteRune(rune(1 + r.IntN(0xd7ff)))
					} else {
						b.WriteString(parts[r.IntN(len(parts))])
					}
				}
				checkString(t, b.String())
				if t.Failed() {
					return
				}
			}
		})
	}
	all.Wait()
}
