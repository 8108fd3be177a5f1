package peers

import (
	"context"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Python is a Python that has what NAME.txt lists, installed if it is not there yet.
func Python(tb testing.TB, name string) string {
	tb.Helper()
	venv := filepath.Join(Cache(tb), "python-"+name)
	python := filepath.Join(venv, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		tool(tb, "python3", "-m", "venv", venv)
	}
	tool(tb, python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", File(name+".txt"))
	return python
}

func tool(tb testing.TB, command ...string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 5*time.Minute)
	defer cancel()
	if out, err := osexec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
}

// File is the path of a file of this folder, as seen from a test's: a folder of integration/.
func File(name string) string { return filepath.Join("..", "internal", "peers", name) }

// Cache is the folder in which hivetest keeps what it downloads.
func Cache(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("SKEP_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(dir, "skep")
}
