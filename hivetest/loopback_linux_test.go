package hivetest

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkLoopback reports the sockets of a process that listen elsewhere than on loopback.
func checkLoopback(t *testing.T, pid int) {
	t.Helper()
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(fds) == 0 {
		t.Fatalf("process %d has no file descriptors: %v", pid, err)
	}
	own := map[string]bool{}
	for _, fd := range fds {
		if target, err := os.Readlink(fd); err == nil {
			own[target] = true
		}
	}
	listening := 0
	for _, table := range []string{"tcp", "tcp6"} {
		f, err := os.Open(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			// sl local_address rem_address st ... inode; st 0A is LISTEN
			field := strings.Fields(lines.Text())
			if len(field) < 10 || field[3] != "0A" || !own["socket:["+field[9]+"]"] {
				continue
			}
			listening++
			switch addr, _, _ := strings.Cut(field[1], ":"); addr {
			case "0100007F", // 127.0.0.1
				"0000000000000000FFFF00000100007F", // ::ffff:127.0.0.1
				"00000000000000000000000001000000": // ::1
			default:
				t.Errorf("process %d listens on %s, which is not loopback", pid, field[1])
			}
		}
	}
	if listening == 0 {
		t.Errorf("process %d listens nowhere", pid)
	}
}
