package wire_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// TestAppendTexts: what is appended is what Bytes gives, for short and long texts, parts of a column, and data that
// holds something already, with and without room.
func TestAppendTexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]string, 300)
	for i := range values {
		values[i] = strings.Repeat(string(rune('a'+i%26)), rng.IntN(40))
	}
	reply := fetchReply(t, success(&hiveserver.TRowSet{
		Rows:    []*hiveserver.TRow{},
		Columns: []*hiveserver.TColumn{{StringVal: &hiveserver.TStringColumn{Values: values, Nulls: []byte{0}}}},
	}))
	result, err := wire.DecodeFetchResults(bodyOf(t, reply))
	if err != nil {
		t.Fatal(err)
	}
	c := &result.Rows.Columns[0]
	for range 200 {
		from := rng.IntN(len(values) + 1)
		to := from + rng.IntN(len(values)+1-from)
		room := bytes.Repeat([]byte{'#'}, 6+rng.IntN(6000))
		data := append(room[:0], "before"...)
		got, offsets := c.AppendTexts(data, []int32{-1}, from, to)
		if behind := room[min(len(got), len(room)):]; len(bytes.Trim(behind, "#")) > 0 {
			t.Fatalf("rows %d to %d: memory behind the texts was written to: %q", from, to, behind)
		}
		want := "before" + strings.Join(values[from:to], "")
		if string(got) != want || len(offsets) != 1+to-from || c.TextSize(from, to) != len(want)-len("before") {
			t.Fatalf("rows %d to %d: got %q and %d offsets, want %q", from, to, got, len(offsets), want)
		}
		for i, offset := range offsets[1:] {
			if !bytes.HasPrefix(got[offset:], []byte(values[from+i])) {
				t.Fatalf("row %d begins at %d: %q, want %q", from+i, offset, got[offset:], values[from+i])
			}
		}
	}
}
