package hive

import "testing"

// reply is an answer to a request: the rows asked for and given, and their size.
type reply struct{ asked, rows, bytes int }

func TestPipeLearns(t *testing.T) {
	const kib, mib = 1 << 10, 1 << 20
	tests := []struct {
		name         string
		most, fixed  int
		replies      []reply
		size, window int // of the next requests, for NextBatch
	}{
		{"nothing is known", 4, 0, nil, 64, 0},
		{"the first rows are small", 4, 0, []reply{{64, 64, 64}}, 1024, 4},
		{"small rows", 4, 0, []reply{{64, 64, 64}, {1024, 1024, 1024}}, 10_000, 4},
		{"at the cap", 4, 0, []reply{{64, 64, 64}, {1024, 1024, 1024}, {10_000, 10_000, 10_000}}, 10_000, 4},
		{"a reply of its full size", 4, 0, []reply{{64, 64, 64}, {1024, 1024, mib}}, 2048, 4},
		{"rows of 16 KiB", 4, 0, []reply{{64, 64, mib}}, 128, 4},
		{"rows larger than a reply should be", 4, 0, []reply{{64, 1, 3 * mib}}, 1, 1},
		{"rows that have become large", 4, 0, []reply{{64, 64, 64}, {1024, 1024, 64 * mib}}, 32, 4},
		{"rows of no size", 4, 0, []reply{{64, 64, 0}}, 1024, 4},
		{"nothing is sent ahead", 0, 0, []reply{{64, 64, 64}}, 1024, 0},
		{"a negative number is none", -1, 0, []reply{{64, 64, 64}}, 1024, 0},
		{"one is sent ahead", 1, 0, []reply{{64, 64, 64}}, 1024, 1},
		{"a fixed size is kept", 4, 7, []reply{{7, 7, 7}, {7, 7, 7 * mib}}, 7, 4},
		{"likely the last reply", 4, 0, []reply{{64, 5, 5}}, 1024, 1},
		{"likely the last reply, nothing ahead", 0, 0, []reply{{64, 5, 5}}, 1024, 0},
		{"it was not the last: the server's limit", 4, 4000, []reply{{4000, 1000, kib}, {4000, 1000, kib}}, 4000, 4},
		{"fewer than the server's limit", 4, 4000, []reply{{4000, 1000, kib}, {4000, 1000, kib}, {4000, 999, kib}}, 4000, 1},
		{"beyond what servers usually give", 4, 20_000, []reply{{20_000, 10_000, kib}}, 20_000, 4},
		{"more than was asked for", 4, 7, []reply{{7, 5000, mib}}, 7, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPipe(tt.most, tt.fixed)
			for _, r := range tt.replies {
				p.learn(r.asked, r.rows, r.bytes)
			}
			if size := p.size(0); size != tt.size || p.window != tt.window {
				t.Errorf("asks for %d rows, %d ahead, want %d, %d ahead", size, p.window, tt.size, tt.window)
			}
		})
	}
}

// What the caller of FetchMany wants goes before everything else but the most that a server gives.
func TestPipeSizeWanted(t *testing.T) {
	for _, fixed := range []int{0, 7, 20_000} {
		p := newPipe(4, fixed)
		for want, size := range map[int]int{1: 1, 64: 64, 9_999: 9_999, 10_000: 10_000, 10_001: 10_000, 1 << 40: 10_000} {
			if got := p.size(want); got != size {
				t.Errorf("fixed %d: for %d rows it asks for %d, want %d", fixed, want, got, size)
			}
		}
	}
}

// What is asked for ahead is bounded by number and, but for one request, by bytes.
func TestPipeRoom(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name     string
		most     int
		rowBytes int
		size     int
		ahead    int // requests that are sent until there is no room
	}{
		{"none", 0, 1, 10, 0},
		{"one", 1, 1, 10, 1},
		{"by number", 4, 1, 10_000, 4},
		{"by bytes, just so", 40, mib, 4, 4},
		{"by bytes", 40, mib + 1, 4, 3},
		{"large rows", 4, 10 * mib, 1, 1},
		{"more than the bound at once", 4, mib, 10_000, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPipe(tt.most, 0)
			p.learn(1, 1, tt.rowBytes)
			for p.room(tt.size) && len(p.flight) < 100 {
				p.flight = append(p.flight, request{rows: tt.size})
			}
			if len(p.flight) != tt.ahead {
				t.Errorf("%d requests ahead, want %d", len(p.flight), tt.ahead)
			}
		})
	}
}
