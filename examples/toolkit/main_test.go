package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/skep-go/skep/hivetest"
)

// The example runs, and Hive answers what the rows say.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), &out, hivetest.Shared(t, hivetest.Hive401).DSN())
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}
	const want = `
United Air Lines Inc.    3 flights, +0.7 minutes
American Airlines Inc.   2 flights, +0.0 minutes
JetBlue Airways          2 flights, -3.0 minutes
Delta Air Lines Inc.     1 flights, -6.0 minutes
`
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("the output does not end with%s", want)
	}
}
