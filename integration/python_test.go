package integration

import (
	"context"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// python is a Python that has what peers/NAME.txt lists, installed if it is not there yet.
func python(tb testing.TB, name string) string {
	tb.Helper()
	venv := filepath.Join(cache(tb), "python-"+name)
	python := filepath.Join(venv, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		tool(tb, "python3", "-m", "venv", venv)
	}
	tool(tb, python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", filepath.Join("peers", name+".txt"))
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

// cache is the folder in which hivetest keeps what it downloads.
func cache(tb testing.TB) string {
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
