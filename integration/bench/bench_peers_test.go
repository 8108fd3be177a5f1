package bench

import (
	"os"
	osexec "os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

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
	python, jdbc := []string{peers.Python(b, "peer"), peers.File("peer.py")}, jdbcPeer(b)
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
		figure("Hive JDBC 4.0.1", runPeer(b, args(jdbc...)))
		figure("impyla 0.21.0", runPeer(b, args(append(python, "impyla")...)))
		figure("PyHive 0.7.0", runPeer(b, args(append(python, "pyhive")...)))
	}
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

// jdbcPeer gives the command that runs Hive's JDBC driver with the class path of the server that hivetest starts.
func jdbcPeer(b *testing.B) []string {
	b.Helper()
	var jars []string
	for line := range strings.Lines(string(live.Must(os.ReadFile("../../hivetest/artifacts/hive4.lock"))(b))) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] != "#" && !strings.Contains(fields[0], "@") { // with an @ it is no jar
			jars = append(jars, jar(b, fields[0]))
		}
	}
	return []string{"java", "-cp", strings.Join(jars, string(filepath.ListSeparator)), peers.File("Peer.java")}
}

// jar is the file of a line of the lock, "group:name:version[:classifier]".
func jar(b *testing.B, coordinates string) string {
	b.Helper()
	part := strings.Split(coordinates, ":")
	name := part[1] + "-" + part[2]
	if len(part) == 4 {
		name += "-" + part[3]
	}
	file := filepath.Join(peers.Cache(b), "m2", strings.ReplaceAll(part[0], ".", "/"), part[1], part[2], name+".jar")
	if _, err := os.Stat(file); err != nil {
		b.Fatalf("%v: start a Hive 4 once, which downloads it: go run ./cmd/skep local up hive4", err)
	}
	return file
}
