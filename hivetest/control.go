package hivetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// errEnding: the server is there, but has begun to end.
var errEnding = errors.New("the server is ending")

// command says one word to a server's control socket and returns the rest of its answer "OK ...". The connection stays
// open: it is the lease if the word was LEASE.
func (st *state) command(ctx context.Context, word string) (net.Conn, string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(st.Control)))
	if err != nil {
		return nil, "", err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) })
	answer, err := ask(conn, st.Token+" "+word+"\n")
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		conn.Close()
		return nil, "", fmt.Errorf("hivetest: %s (pid %d): %s: %w", st.ID, st.PID, word, err)
	}
	return conn, answer, nil
}

func ask(conn net.Conn, line string) (string, error) {
	if _, err := conn.Write([]byte(line)); err != nil {
		return "", err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return "", err
	}
	ok, rest, _ := strings.Cut(strings.TrimSpace(answer), " ")
	switch ok {
	case "OK":
		return rest, nil
	case "ENDING":
		return "", errEnding
	}
	return "", fmt.Errorf("answer %q", answer)
}

// stop ends the server and waits until it is gone, with its folder. A server that does not listen is killed.
func (s *store) stop(ctx context.Context, st *state) error {
	conn, _, err := st.command(ctx, "STOP")
	if err != nil {
		return s.kill(ctx, st)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) { // else the process has ended
		return s.kill(ctx, st)
	}
	return s.bury(ctx, st)
}

// kill ends the server at once, and removes its folder.
func (s *store) kill(ctx context.Context, st *state) error {
	if s.alive(st.ID) { // else the process id may be another's by now
		if err := killGroup(st.PID); err != nil && s.alive(st.ID) {
			return fmt.Errorf("hivetest: kill %s (pid %d): %w", st.ID, st.PID, err)
		}
	}
	if !s.waitGone(ctx, st.ID, 15*time.Second) {
		return fmt.Errorf("hivetest: %s (pid %d) is still there after it was killed", st.ID, st.PID)
	}
	return s.bury(ctx, st)
}

// bury removes what a dead server left. A process that ended, but is our child, is left, too.
func (s *store) bury(ctx context.Context, st *state) error {
	if st.reap != nil {
		st.reap()
	}
	return s.sweep(ctx)
}

// waitGone waits until no process holds the lock of the server's folder.
func (s *store) waitGone(ctx context.Context, id string, limit time.Duration) bool {
	for end := time.Now().Add(limit); s.alive(id); {
		if ctx.Err() != nil || time.Now().After(end) {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}
