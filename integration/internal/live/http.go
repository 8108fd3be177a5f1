package live

import (
	"os"
	osexec "os/exec"
	"strings"
	"testing"

	"github.com/skep-go/skep/hivetest"
)

// OverHTTP runs tests of the caller's package once more, on Hive 4 over HTTP.
func OverHTTP(t *testing.T, tests ...string) {
	t.Helper()
	srv := hivetest.Shared(t, hivetest.Hive401)
	Ours(t, srv)
	cmd := osexec.CommandContext(t.Context(), os.Args[0], "-test.run=^("+strings.Join(tests, "|")+")$", "-test.v")
	cmd.Env = append(os.Environ(), "SKEP_HIVE_REQUIRED=", "SKEP_HIVE_DSN=hive://hive@"+srv.HTTPAddr()+"/default?transport=http")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range tests {
		if !strings.Contains(string(out), "\n--- PASS: "+name+" ") {
			t.Errorf("%s did not run\n%s", name, out)
		}
	}
}
