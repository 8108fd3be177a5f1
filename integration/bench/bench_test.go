package bench

import (
	"context"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
)

// Figures compare what ran in turns in one run, by the median of the pairs' ratios: machines are noisy, and a server
// alone varies by a third.

// pairs is how often contestants run whose ratio is near its goal; fewPairs is for the others.
const (
	pairs    = 15
	fewPairs = 7
)

// settling is a pause before each measurement, in which the server does what the one before has left to it: closing an
// operation takes it a millisecond, which a client need not wait for.
const settling = 5 * time.Millisecond

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median[T float64 | time.Duration](v []T) T { return quantile(v, 0.5) }

func quantile[T float64 | time.Duration](v []T, q float64) T {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[min(int(q*float64(len(v))), len(v)-1)]
}

// inTurns runs the contestants one after another, rounds times after a warm-up, and gives each one's durations. Every
// other round has the order reversed, and each begins without garbage of the one before.
func inTurns(b *testing.B, rounds int, run ...func()) [][]time.Duration {
	b.Helper()
	return measured(b, rounds, func(f func()) time.Duration {
		start := time.Now()
		f()
		return time.Since(start)
	}, run...)
}

// measured is inTurns for another measure than time.
func measured(b *testing.B, rounds int, measure func(f func()) time.Duration, run ...func()) [][]time.Duration {
	b.Helper()
	took := make([][]time.Duration, len(run))
	for round := range rounds + 1 {
		for i := range run {
			if round%2 == 1 {
				i = len(run) - 1 - i
			}
			runtime.GC()
			time.Sleep(settling)
			d := measure(run[i])
			if round > 0 {
				took[i] = append(took[i], d)
			}
		}
	}
	return took
}

func ratios(ours, theirs []time.Duration) []float64 {
	r := make([]float64, len(ours))
	for i := range ours {
		r[i] = float64(ours[i]) / float64(theirs[i])
	}
	return r
}

// versus is the figure of ours against another's, whose ratio is the median of the pairs' ratios.
func versus(name, against string, ours, theirs []time.Duration, goal figures.Goal) figures.Figure {
	value := ms(median(ours))
	return figures.Figure{
		Name: name, Value: value, Unit: "ms", Against: against, AgainstValue: value / median(ratios(ours, theirs)), Goal: goal,
	}
}

// worst is the figure of the pair with the highest ratio.
func worst(name, against string, ours, theirs []time.Duration, goal figures.Goal) figures.Figure {
	all := ratios(ours, theirs)
	i := slices.Index(all, slices.Max(all))
	return figures.Figure{
		Name: name, Value: ms(ours[i]), Unit: "ms", Against: against, AgainstValue: ms(theirs[i]), Goal: goal,
	}
}

// benchServer is the server of all benchmarks. Its JVM optimises what runs long. Its results are read while they are
// made: by default Hive 4 makes up to the whole of them beforehand (hive.fetch.task.caching), ten million rows of which
// it could not hold. SKEP_HIVE_DSN stands for it.
func benchServer(b *testing.B) *hivetest.Server {
	b.Helper()
	if os.Getenv("SKEP_HIVE_DSN") != "" {
		return hivetest.Shared(b, hivetest.Hive401)
	}
	srv, err := startBenchServer()
	if err != nil {
		b.Fatal(err)
	}
	return srv
}

// startBenchServer starts it once. It ends with this process.
var startBenchServer = sync.OnceValues(func() (*hivetest.Server, error) {
	return hivetest.Start(context.Background(), hivetest.Options{
		Kind: hivetest.Hive401, Private: true, Throughput: true, Log: os.Stderr,
		Conf: map[string]string{"hive.fetch.task.caching": "false"},
	})
})
