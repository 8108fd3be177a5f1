package bench

import (
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/skep-go/skep/integration/internal/live"
)

// cpuTime is what f costs this process, user and system together. Nothing else may run in it at the same time.
func cpuTime(tb testing.TB, f func()) time.Duration {
	tb.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		live.Must(0, syscall.Getrusage(syscall.RUSAGE_SELF, &u))(tb)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	f()
	return used() - before
}

// peakRSS is the most memory, in bytes, that this process has while f runs.
func peakRSS(tb testing.TB, f func()) float64 {
	tb.Helper()
	debug.FreeOSMemory()
	// 5 sets the peak back to what is in use now: proc_pid_clear_refs(5).
	live.Must(0, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))(tb)
	f()
	return live.Must(vmHWM())(tb)
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func vmHWM() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	m := peak.FindSubmatch(status)
	if m == nil {
		return 0, fmt.Errorf("no VmHWM in /proc/self/status:\n%s", status)
	}
	kib, err := strconv.ParseFloat(string(m[1]), 64)
	return kib * 1024, err
}
