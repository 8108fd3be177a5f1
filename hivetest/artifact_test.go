package hivetest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestParseLock(t *testing.T) {
	text := "# a comment\n\norg.example:one:1.0 " + sum + " 7\n\torg.example:two:2:bin@tar.gz  " + sum + " 8\r\n"
	got, err := parseLock("x.lock", text)
	want := []artifact{
		{group: "org.example", name: "one", version: "1.0", ext: "jar", sha256: sum, size: 7},
		{group: "org.example", name: "two", version: "2", classifier: "bin", ext: "tar.gz", sha256: sum, size: 8},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v, want %+v", got, err, want)
	}
	for i, file := range []string{"org/example/one/1.0/one-1.0.jar", "org/example/two/2/two-2-bin.tar.gz"} {
		if got := want[i].file(); got != file {
			t.Errorf("file: got %s, want %s", got, file)
		}
	}
}

func TestParseLockErrors(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"a:b:c " + sum, "got 2 fields"},
		{"a:b:c " + sum + " 1 2", "got 4 fields"},
		{"a:b " + sum + " 1", `coordinates "a:b"`},
		{"a:b:c:d:e " + sum + " 1", `coordinates "a:b:c:d:e"`},
		{"a::c " + sum + " 1", `bad part ""`},
		{"a:..:c " + sum + " 1", `bad part ".."`},
		{"a:b/c:d " + sum + " 1", `bad part "b/c"`},
		{"a:b:c@ " + sum + " 1", `bad part ""`},
		{"a:b:c " + sum[1:] + " 1", "want 64 lower-case hex digits"},
		{"a:b:c " + strings.ToUpper(sum) + " 1", "want 64 lower-case hex digits"},
		{"a:b:c " + sum + " 0", `size "0"`},
		{"a:b:c " + sum + " x", `size "x"`},
	} {
		_, err := parseLock("x.lock", "# one\n"+c.line)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x.lock:2:") {
			t.Errorf("%s: got %v, want x.lock:2: ... %s", c.line, err, c.want)
		}
	}
}

// What is accepted stays below the repository's folder and keeps its meaning when written and read again.
func FuzzParseLock(f *testing.F) {
	f.Add("# c\na.b:c:1 " + sum + " 1\na:b:1:c@tar.gz " + sum + " 99")
	f.Add("a:../b:1 " + sum + " 1")
	f.Add("a:b:c " + sum + " -1")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := parseLock("f", text)
		if err != nil {
			return
		}
		for _, a := range all {
			if !filepath.IsLocal(filepath.FromSlash(a.file())) {
				t.Errorf("%q: file %q leaves the folder", text, a.file())
			}
			again, err := parseArtifact(lockLine(a))
			if err != nil || again != a {
				t.Errorf("%q: got %+v, %v, want %+v", lockLine(a), again, err, a)
			}
		}
	})
}

func lockLine(a artifact) string {
	coordinates := a.String()
	if a.ext != "jar" {
		coordinates += "@" + a.ext
	}
	return fmt.Sprintf("%s %s %d", coordinates, a.sha256, a.size)
}

func TestVerify(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hello")
	if err := os.WriteFile(file, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := artifact{group: "g", name: "n", version: "v", sha256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}
	if err := a.verify(file); err != nil {
		t.Errorf("right content: %v", err)
	}
	a.sha256 = sum
	if err := a.verify(file); err == nil || !strings.Contains(err.Error(), "g:n:v") || !strings.Contains(err.Error(), sum) {
		t.Errorf("wrong content: got %v, want an error that names the artifact and the sum it should have", err)
	}
}

var relock = flag.Bool("relock", false, "download the artifacts and write their sizes and sums into the lock files")

// The lock files can be read, and name every file once. After a change of version in one, -relock writes the rest:
//
//	go test ./hivetest -run TestLocks -relock
func TestLocks(t *testing.T) {
	for kind, r := range recipes {
		for _, lock := range r.locks {
			if *relock && lock != "spark.lock" {
				relockFile(t, filepath.Join("artifacts", lock))
			}
		}
		all, err := r.artifacts()
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, a := range all {
			if seen[a.file()] {
				t.Errorf("%s: %s is there twice", kind, a)
			}
			seen[a.file()] = true
		}
		if len(all) == 0 {
			t.Errorf("%s: the lock is empty", kind)
		}
	}
}

func relockFile(t *testing.T, name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all, err := parseLock(name, string(text))
	if err != nil {
		t.Fatal(err)
	}
	s := &store{root: t.TempDir()}
	if err := s.resolve(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		was := a
		if a.sha256, a.size, err = digest(s.m2(a)); err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.Replace(string(text), lockLine(was), lockLine(a), 1))
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
