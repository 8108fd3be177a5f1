package gen

import (
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	for _, tt := range []struct{ old, now, want string }{
		{"a\nb\n", "a\nb\n", ""},
		{"a\nb\nc\n", "a\nc\n", "-    2  b\n"},
		{"a\nc\n", "a\nb\nc\n", "+    2  b\n"},
		{"a\nb\nc\nd\n", "x\nb\ny\nd\n", "-    1  a\n+    1  x\n-    3  c\n+    3  y\n"},
		{"", "a\n", "+    1  a\n"},
		{"a", "b", "-    1  a\n+    1  b\n"},
	} {
		if got := Diff(tt.old, tt.now); got != tt.want {
			t.Errorf("%q and %q:\n got %q\nwant %q", tt.old, tt.now, got, tt.want)
		}
	}
	long := strings.Repeat("a\n", 3000)
	if got := Diff(long, strings.Repeat("b\n", 3000)); strings.Count(got, "\n") != 6000 {
		t.Errorf("got %d lines", strings.Count(got, "\n"))
	}
}
