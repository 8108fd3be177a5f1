//go:build unix

package hivetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// linger is how long servers stay in these tests.
const linger = 300 * time.Millisecond

// TestMain is also the main function of the processes that the tests start and kill: with HIVETEST_HOLD set they start
// the shared server of that kind, say so, and hold it until their stdin ends.
func TestMain(m *testing.M) {
	kind := os.Getenv("HIVETEST_HOLD")
	if kind == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background(), Options{Kind: Kind(kind), Linger: linger})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("holding", s.PID())
	io.Copy(io.Discard, os.Stdin)
}

// newStoreOf makes a store without servers that has what the kind needs: that of the user, fetched if need be.
func newStoreOf(t *testing.T, kind Kind) *store {
	t.Helper()
	user, err := openStore()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := user.prepare(context.Background(), recipes[kind], os.Stderr); err != nil {
		refuse(t, err)
	}
	s := newStore(t)
	for _, name := range []string{"m2", "launcher", "schema"} {
		if err := errors.Join(os.RemoveAll(s.path(name)), os.Symlink(user.path(name), s.path(name))); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// holder is a process that holds a shared server.
type holder struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout *bufio.Reader
}

func startHolder(t *testing.T, kind Kind) *holder {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HIVETEST_HOLD="+string(kind))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h := &holder{cmd, stdin, bufio.NewReader(stdout)}
	t.Cleanup(h.kill)
	return h
}

// server waits until the process holds its server, and returns the server's process id.
func (h *holder) server(t *testing.T) (pid int) {
	t.Helper()
	line, _ := h.stdout.ReadString('\n')
	if _, err := fmt.Sscanf(line, "holding %d", &pid); err != nil {
		rest, _ := io.ReadAll(h.stdout)
		t.Fatalf("the holder said: %s%s", line, rest)
	}
	return pid
}

// kill is kill -9.
func (h *holder) kill() {
	h.cmd.Process.Kill()
	h.cmd.Wait()
}

// eventually waits for a condition, a minute at most: machines can be busy.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so after a minute: %s", what)
		}
	}
}

// gone: no process, no folder.
func gone(s *store, pid int) func() bool {
	return func() bool {
		dirs, err := os.ReadDir(s.path("run"))
		return err == nil && len(dirs) == 0 && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
	}
}

// Two processes share one server. It outlives the one that started it, and ends after the other, however they end.
func TestProcessesShareOneServer(t *testing.T) {
	s := newStoreOf(t, Metastore)
	first := startHolder(t, Metastore)
	pid := first.server(t)
	second := startHolder(t, Metastore)
	if got := second.server(t); got != pid {
		t.Fatalf("the second process got server %d, the first %d", got, pid)
	}
	first.kill()
	time.Sleep(3 * linger)
	all, err := Running(context.Background())
	if err != nil || len(all) != 1 || all[0].PID != pid || all[0].Leases != 1 || all[0].Pinned {
		t.Fatalf("after the first was killed: got %+v, %v, want process %d with one lease", all, err, pid)
	}
	second.kill()
	eventually(t, "the server and its folder are gone", gone(s, pid))
	if log, err := os.ReadFile(all[0].LogFile); err != nil || !strings.Contains(string(log), "nobody needs this server any more") {
		t.Errorf("the log does not tell the end: %v\n%s", err, log)
	}
}

// A server whose starter dies before it is ready dies, too.
func TestStarterKilled(t *testing.T) {
	s := newStoreOf(t, Metastore)
	starter := startHolder(t, Metastore)
	var log string
	eventually(t, "the server's JVM runs", func() bool {
		logs, _ := filepath.Glob(s.path("log", "*.log"))
		if len(logs) == 1 {
			log = logs[0]
			text, _ := os.ReadFile(log)
			return len(text) > 0
		}
		return false
	})
	starter.kill()
	eventually(t, "the server's folder is gone", func() bool { return names(t, s.path("run")) == "" })
	if text, err := os.ReadFile(log); err != nil || !strings.Contains(string(text), "the starting process is gone") {
		t.Errorf("the log does not tell the end: %v\n%s", err, text)
	}
}

// A private server can be configured and killed.
func TestPrivate(t *testing.T) {
	s := newStoreOf(t, Metastore)
	srv, err := Start(context.Background(), Options{Kind: Metastore, Private: true, Conf: map[string]string{"hivetest.mark": "<&>"}})
	if err != nil {
		t.Fatal(err)
	}
	site, err := os.ReadFile(s.path("run", srv.state.ID, "conf", "hive-site.xml"))
	if want := "<name>hivetest.mark</name><value>&lt;&amp;&gt;</value>"; err != nil || !strings.Contains(string(site), want) {
		t.Errorf("hive-site.xml: %v, want %s in\n%s", err, want, site)
	}
	if srv.DSN() != "" || srv.Addr() != "" || srv.MetastoreAddr() == "" || srv.Version() != "4.0.1" {
		t.Errorf("got DSN %q, address %q, metastore %q, version %q", srv.DSN(), srv.Addr(), srv.MetastoreAddr(), srv.Version())
	}
	if err := srv.Pin(context.Background()); err == nil {
		t.Error("a private server was pinned")
	}
	if err := srv.Kill(); err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp", srv.MetastoreAddr()); err == nil {
		c.Close()
		t.Error("the killed server listens")
	}
	eventually(t, "the server and its folder are gone", gone(s, srv.PID()))
	if err := srv.Close(); err != nil {
		t.Errorf("Close after Kill: %v", err)
	}
}

// A failed start leaves nothing but its log, which the error quotes.
func TestFailedStart(t *testing.T) {
	s := newStoreOf(t, Metastore)
	_, err := Start(context.Background(), Options{Kind: Metastore, Private: true, Conf: map[string]string{
		"metastore.thrift.bind.host": "203.0.113.1", // an address of documentation, not of this machine
	}})
	var start *StartError
	if !errors.As(err, &start) {
		t.Fatalf("got %v, want a *StartError", err)
	}
	if start.Kind != Metastore || !strings.Contains(start.Reason, "203.0.113.1") || !strings.Contains(err.Error(), "\tat org.apache.thrift.") {
		t.Errorf("got %v, want the reason and the end of the log", err)
	}
	if _, err := os.Stat(start.LogFile); err != nil {
		t.Error(err)
	}
	if left := names(t, s.path("run")); left != "" {
		t.Errorf("left: %s", left)
	}
}

// A start ends with its context, and leaves nothing.
func TestStartCancelled(t *testing.T) {
	s := newStoreOf(t, Metastore)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	began := time.Now()
	_, err := Start(ctx, Options{Kind: Metastore})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	if left := names(t, s.path("run")); left != "" {
		t.Errorf("left: %s", left)
	}
}

func TestStartErrors(t *testing.T) {
	newStore(t)
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{}, `no such kind of server: ""`},
		{Options{Kind: "hive9"}, `no such kind of server: "hive9"; there are hive4, hive3, hive2, spark, metastore`},
		{Options{Kind: External}, `no such kind of server: "external"`},
		{Options{Kind: Hive401, Conf: map[string]string{"a": "b"}}, "Options.Conf and Throughput are for private servers"},
		{Options{Kind: Hive401, Throughput: true}, "Options.Conf and Throughput are for private servers"},
	} {
		if _, err := Start(context.Background(), c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.options, err, c.want)
		}
	}
}
