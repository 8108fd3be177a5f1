//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain is also skep itself, for the tests that run it as a process.
func TestMain(m *testing.M) {
	if os.Getenv("SKEP_TEST_MAIN") == "1" {
		main()
	}
	os.Exit(m.Run())
}

// skep runs the command in a process group of its own, with an environment variable or more.
func skep(args []string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(append(os.Environ(), "SKEP_TEST_MAIN=1", "GORACE=atexit_sleep_ms=0"), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// output runs skep to its end.
func output(t *testing.T, args []string, env ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := skep(args, env...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func TestUsage(t *testing.T) {
	cache := "SKEP_CACHE=" + t.TempDir()
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"", 2, `want one of "local", "describe" and "gen"`},
		{"help", 0, "usage: skep local COMMAND"},
		{"local help", 0, "usage: skep local COMMAND"},
		{"remote", 2, `want one of "local", "describe" and "gen"`},
		{"local", 2, "local wants a command"},
		{"local frob", 2, `local has no command "frob"`},
		{"local up hive9", 2, `"hive9" is no kind of server`},
		{"local down hive9", 2, `"hive9" is no kind of server`},
		{"local status hive4", 2, "status takes no arguments"},
		{"local run hive4", 2, "run wants -- and a command"},
		{"local run hive4 --", 2, "run wants -- and a command"},
		{"local run hive9 -- true", 2, `"hive9" is no kind of server`},
		{"gen -h", 0, "usage: skep local COMMAND"},
		{"describe -help", 0, "usage: skep local COMMAND"},
		{"gen", 2, `gen wants -package, the name of a package; "" is none`},
		{"gen -package p", 2, "want -dsn, for HiveServer2, or -metastore"},
		{"gen -package 2p -dsn x", 2, `"2p" is none`},
		{"gen -package p -dsn hive://h/d -metastore x", 2, "want -dsn, for HiveServer2, or -metastore"},
		{"gen -package p -check", 2, "gen -check wants -out"},
		{"gen -package p flights", 2, `gen takes no argument "flights"; see -tables`},
		{"gen -frob", 2, "gen: flag provided but not defined: -frob"},
		{"gen -package p -dsn hive://host/db?nosuch=1", 1, "nosuch"},
		{"gen -package p -dsn hive://127.0.0.1:1/db", 1, "127.0.0.1:1"},
		{"describe", 2, "describe wants one table, behind the flags, not 0"},
		{"describe a b", 2, "describe wants one table, behind the flags, not 2"},
		{"describe a", 2, "want -dsn, for HiveServer2, or -metastore"},
		{"describe -dsn hive://127.0.0.1:1/db a", 1, "127.0.0.1:1"},
		{"describe -metastore thrift://127.0.0.1:1 a", 1, "127.0.0.1:1"},
		{"describe -metastore frob://x a", 1, "frob"},
		{"local status", 0, "nothing is up"},
		{"local down", 0, "nothing was up"},
		{"local down all", 0, "nothing was up"},
	} {
		stdout, stderr, status := output(t, strings.Fields(c.args), cache)
		text := stdout
		if c.status != 0 {
			text = stderr
		}
		if status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("skep %s: got %d, %s, want %d, %s", c.args, status, text, c.status, c.want)
		}
	}
}

func TestMissingTool(t *testing.T) {
	_, stderr, status := output(t, []string{"local", "up"}, "SKEP_CACHE="+t.TempDir(), "PATH=", "JAVA_HOME=")
	if status != 1 || !strings.Contains(stderr, "apt-get install openjdk-17") || strings.Contains(stderr, "usage") {
		t.Errorf("got %d, %s", status, stderr)
	}
}

// fill makes sure that the user's cache has what a metastore is made of. It returns what went wrong.
var fill = sync.OnceValue(func() error {
	out, err := skep([]string{"local", "run", "metastore", "--", "true"}).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
})

// newCache makes a cache without servers, which borrows from the user's what servers are made of.
func newCache(t *testing.T) (env string, left func() string) {
	t.Helper()
	if err := fill(); err != nil {
		if os.Getenv("SKEP_HIVE_REQUIRED") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	user := os.Getenv("SKEP_CACHE")
	if user == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		user = filepath.Join(dir, "skep")
	}
	cache := t.TempDir()
	for _, name := range []string{"m2", "launcher", "schema"} {
		if err := os.Symlink(filepath.Join(user, name), filepath.Join(cache, name)); err != nil {
			t.Fatal(err)
		}
	}
	env = "SKEP_CACHE=" + cache
	t.Cleanup(func() { output(t, []string{"local", "down"}, env) })
	return env, func() string {
		runs, err := filepath.Glob(filepath.Join(cache, "run", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(runs, " ")
	}
}

// processID finds the server's process in what up and status print.
var processID = regexp.MustCompile(`process +(\d+), up`)

func TestLocal(t *testing.T) {
	env, left := newCache(t)
	up, stderr, status := output(t, []string{"local", "up", "metastore"}, env)
	pid := processID.FindStringSubmatch(up)
	if status != 0 || pid == nil || !strings.Contains(up, "metastore  127.0.0.1:") || !strings.Contains(up, "skep local down") {
		t.Fatalf("up: got %d\n%s%s", status, up, stderr)
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"local", "status"}, 0, "0 processes use it, pinned"},
		{[]string{"local", "up", "metastore"}, 0, pid[0]},
		{[]string{"local", "run", "metastore", "--", os.Args[0], "local", "status"}, 0, "1 process uses it, pinned"},
		{[]string{"local", "run", "metastore", "--", "sh", "-c", "exit 7"}, 7, ""},
		{[]string{"local", "run", "metastore", "--", "sh", "-c", "kill -TERM $$"}, 128 + 15, ""},
		{[]string{"local", "run", "metastore", "--", "no-such-program"}, 1, ""},
		{[]string{"local", "down", "hive4"}, 0, "nothing was up"},
		{[]string{"local", "down"}, 0, "metastore is down"},
		{[]string{"local", "status"}, 0, "nothing is up"},
	} {
		stdout, stderr, status := output(t, c.args, env)
		if status != c.status || !strings.Contains(stdout, c.want) {
			t.Errorf("skep %q: got %d\n%s%swant %d, %s", c.args, status, stdout, stderr, c.status, c.want)
		}
	}
	if left() != "" {
		t.Errorf("left: %s", left())
	}
}

// Ctrl-C reaches the command, ends skep, and nothing stays.
func TestRunInterrupted(t *testing.T) {
	env, left := newCache(t)
	cmd := skep([]string{"local", "run", "metastore", "--", "sh", "-c", "echo started; exec sleep 600"}, env)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if left() == "" {
		t.Error("no server runs")
	}
	syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) // as a terminal does
	cmd.Wait()
	if got, want := cmd.ProcessState.ExitCode(), 128+2; got != want {
		t.Errorf("got status %d, want %d", got, want)
	}
	for end := time.Now().Add(time.Minute); left() != ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("left after a minute: %s", left())
		}
	}
}
