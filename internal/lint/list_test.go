package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	module = "github.com/skep-go/skep"
	root   = "../.." // the repository, seen from this package's folder
)

// goPackage is what `go list -json` tells of a package.
type goPackage struct {
	ImportPath   string
	Dir          string
	Standard     bool
	Export       string // file with the export data
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Module       *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// name is the package's path within this module.
func (p *goPackage) name() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

// patterns names packages of this module as go list wants them.
func patterns(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, "./"+name)
	}
	return all
}

// goList runs `go list` in a folder of the repository.
func goList(t *testing.T, dir string, args ...string) []*goPackage {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = filepath.Join(root, dir)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go %v: %v\n%s", cmd.Args[1:], err, exit.Stderr)
		}
		t.Fatalf("go %v: %v", cmd.Args[1:], err)
	}
	var all []*goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(goPackage)
		err := dec.Decode(p)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("go %v: reading its output: %v", cmd.Args[1:], err)
		}
		all = append(all, p)
	}
}

// eachFile calls f with the name and the text of every file of the repository that has the given ending, in all its
// modules. Hidden folders, build and testdata are left out.
func eachFile(t *testing.T, ending string, f func(name, text string)) {
	t.Helper()
	found := false
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if path != root && (strings.HasPrefix(base, ".") || base == "build" || base == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ending) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		found = true
		f(filepath.ToSlash(name), string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Fatalf("no file %q in the repository", "*"+ending)
	}
}
