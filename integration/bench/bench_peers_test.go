package bench

import (
	osexec "os/exec"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
)

// BenchmarkPeers reads the million rows with the clients of other languages too, each in a process of its own that
// measures itself: `make bench-peers`. They take turns, a warm-up and peerTimes readings each.
func BenchmarkPeers(b *testing.B) {
	srv := benchServer(b)
	w, cfg := millionRows(b, srv), live.Config(b, srv)
	ours, scan, gohive := columnsOf(b, cfg, w), scanOf(b, cfg, w), gohiveOf(b, cfg, w)
	python, jdbc := []string{peers.Python(b, "peer"), peers.File("peer.py")}, peers.JDBC(b, "Peer")
	args := func(program ...string) []string {
		return append(program, cfg.Host, strconv.Itoa(cfg.Port), w.query, strconv.Itoa(w.rows), strconv.Itoa(peerTimes+1))
	}
	for b.Loop() {
		took := inTurns(b, peerTimes, ours, scan, gohive)
		columns := median(took[0])
		figure := func(name string, took time.Duration) {
			figures.Record(b, figures.Figure{
				Name: "1M x 10, " + name, Value: took.Seconds(), Unit: "s", Against: "ours, columns", AgainstValue: columns.Seconds(),
			})
		}
		figure("ours, columns", columns)
		figure("ours, database/sql", median(took[1]))
		figure("gohive 1.8.1", median(took[2]))
		figure("Hive JDBC 4.0.1", runPeer(b, append(jdbc, jdbcURL(cfg), w.query, strconv.Itoa(w.rows), strconv.Itoa(peerTimes+1))))
		figure("impyla 0.21.0", runPeer(b, args(append(python, "impyla")...)))
		figure("PyHive 0.7.0", runPeer(b, args(append(python, "pyhive")...)))
	}
}

func jdbcURL(cfg *hive.Config) string {
	return "jdbc:hive2://" + cfg.Addr() + "/default;user=hive;password=x"
}

const peerTimes = 5

// runPeer runs a program that prints a line of seconds for each reading, and gives the median without the first.
func runPeer(b *testing.B, command []string) time.Duration {
	b.Helper()
	took := readingsOf(b, command)
	if len(took) != peerTimes+1 {
		b.Fatalf("%d readings, want %d", len(took), peerTimes+1)
	}
	return median(took[1:])
}

// readingsOf runs a program that prints a line of seconds for each reading.
func readingsOf(b *testing.B, command []string) []time.Duration {
	b.Helper()
	var stderr strings.Builder
	cmd := osexec.CommandContext(b.Context(), command[0], command[1:]...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s: %v\n%s", path.Base(command[0]), err, stderr.String())
	}
	var took []time.Duration
	for line := range strings.Lines(string(out)) {
		seconds := live.Must(strconv.ParseFloat(strings.TrimSpace(line), 64))(b)
		took = append(took, time.Duration(seconds*float64(time.Second)))
	}
	return took
}
