package wire_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// decoded is a reply's rows, made by a decoder of their own.
func decoded(t testing.TB, rs *hiveserver.TRowSet) *wire.RowSet {
	t.Helper()
	r, err := wire.DecodeFetchResults(bodyOf(t, fetchReply(t, success(rs))))
	if err != nil {
		t.Fatal(err)
	}
	return r.Rows
}

// showRows prints each row with its values in every column.
func showRows(s *wire.RowSet, from, to int) string {
	var out strings.Builder
	for row := from; row < to; row++ {
		for i := range s.Columns {
			c := &s.Columns[i]
			v := value(c, row)
			if c.IsNull(row) {
				v = nil
			}
			fmt.Fprintf(&out, "%d:%s ", c.Kind, showCell(v))
		}
		out.WriteString("\n")
	}
	return out.String()
}

func joined(t *testing.T, s *wire.RowSet, src *wire.RowSet, from, to int) {
	t.Helper()
	if err := s.Append(src, from, to); err != nil {
		t.Fatal(err)
	}
}

// rejoined cuts a batch and puts it together again.
func rejoined(t *testing.T, src *wire.RowSet, cuts ...int) {
	t.Helper()
	var s wire.RowSet
	from := 0
	for _, to := range append(cuts, src.NumRows) {
		joined(t, &s, src, from, to)
		from = to
	}
	if got, want := showRows(&s, 0, s.NumRows), showRows(src, 0, src.NumRows); got != want || s.NumRows != src.NumRows {
		t.Fatalf("cut at %d:\n%s\nwant\n%s", cuts, got, want)
	}
}

// Cuts of a batch, put together again, are the batch, wherever the cuts are.
func TestAppendCuts(t *testing.T) {
	const rows = 37
	forms := map[string]func(int, func(int) bool) *hiveserver.TRowSet{"columns": everyKind, "rows": rowForm}
	patterns := map[string]func(int) bool{
		"never": never, "always": always, "eighth": eighth, "third": third,
		"first": func(i int) bool { return i == 0 }, "last": func(i int) bool { return i == rows-1 },
	}
	for form, of := range forms {
		for pattern, null := range patterns {
			src := decoded(t, of(rows, null))
			t.Run(form+", NULL "+pattern, func(t *testing.T) {
				for cut := range rows + 1 {
					for _, second := range []int{cut, (cut + rows) / 2, rows} {
						rejoined(t, src, cut, second)
					}
				}
			})
		}
	}
}

// NULLs that were anywhere in a byte of the bitmap come to be anywhere else, and none is added or lost.
func TestAppendShiftsNulls(t *testing.T) {
	src := decoded(t, everyKind(40, third))
	for before := range 17 {
		for from := range 17 {
			var s wire.RowSet
			joined(t, &s, src, 0, before)
			joined(t, &s, src, from, from+19)
			want := showRows(src, 0, before) + showRows(src, from, from+19)
			if got := showRows(&s, 0, s.NumRows); got != want || s.NumRows != before+19 {
				t.Fatalf("%d rows from %d after %d:\n%s\nwant\n%s", 19, from, before, got, want)
			}
		}
	}
}

// What was appended is a copy: it stays when the reply's memory and the decoder are used again.
func TestAppendCopies(t *testing.T) {
	body := bodyOf(t, fetchReply(t, success(everyKind(11, third))))
	var d wire.Decoder
	r, err := d.FetchResults(body)
	if err != nil {
		t.Fatal(err)
	}
	want := showRows(r.Rows, 0, 11)
	var s wire.RowSet
	joined(t, &s, r.Rows, 0, 11)
	for i := range body {
		body[i] = 0xff
	}
	if _, err := d.FetchResults(bodyOf(t, fetchReply(t, success(everyKind(30, always))))); err != nil {
		t.Fatal(err)
	}
	if got := showRows(&s, 0, 11); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Batches that do not fit leave what is there as it was.
func TestAppendRefuses(t *testing.T) {
	good := decoded(t, everyKind(3, third))
	swapped := everyKind(3, third)
	swapped.Columns[6], swapped.Columns[7] = swapped.Columns[7], swapped.Columns[6]
	fewer := everyKind(3, third)
	fewer.Columns = fewer.Columns[:7]
	for want, rs := range map[string]*hiveserver.TRowSet{
		"column 6: corrupt Thrift data at byte 0: it changes from kind 7 to 8 between batches": swapped,
		"corrupt Thrift data at byte 0: 7 columns after a batch of 8":                          fewer,
	} {
		var s wire.RowSet
		joined(t, &s, good, 0, 3)
		bad := decoded(t, rs)
		err := s.Append(bad, 0, 3)
		if corrupt := new(wire.CorruptError); !errors.As(err, &corrupt) || err.Error() != want {
			t.Errorf("got error %v, want %s", err, want)
		}
		if got, want := showRows(&s, 0, s.NumRows), showRows(good, 0, 3); got != want {
			t.Errorf("after the error\n%s\nwant\n%s", got, want)
		}
		joined(t, &s, good, 1, 2)
	}
}

// A column that was text in an earlier batch of the same decoder is none any more.
func TestAppendForgetsEarlierKind(t *testing.T) {
	const texts, numbers = 4, 100
	reply := func(c *hiveserver.TColumn) []byte {
		return bodyOf(t, fetchReply(t, success(&hiveserver.TRowSet{Rows: []*hiveserver.TRow{}, Columns: []*hiveserver.TColumn{c}})))
	}
	var d wire.Decoder
	if _, err := d.FetchResults(reply(&hiveserver.TColumn{StringVal: &hiveserver.TStringColumn{Values: make([]string, texts), Nulls: []byte{}}})); err != nil {
		t.Fatal(err)
	}
	r, err := d.FetchResults(reply(&hiveserver.TColumn{I64Val: &hiveserver.TI64Column{Values: make([]int64, numbers), Nulls: []byte{}}}))
	if err != nil {
		t.Fatal(err)
	}
	var s wire.RowSet
	joined(t, &s, r.Rows, 0, numbers)
	if s.NumRows != numbers || s.Columns[0].Len() != numbers {
		t.Errorf("%d rows, %d values, want %d", s.NumRows, s.Columns[0].Len(), numbers)
	}
}

// Appending little by little copies each row a bounded number of times.
func TestAppendGrows(t *testing.T) {
	const rows = 20_000
	src := decoded(t, everyKind(10, third))
	once := allocated(func() { appendTimes(t, src, rows/10/8) })
	if all := allocated(func() { appendTimes(t, src, rows/10) }); all > 20*once {
		t.Errorf("8 times as many rows take %d bytes of memory, %.1f times as many, want about 8", all, float64(all)/float64(once))
	}
}

func appendTimes(t *testing.T, src *wire.RowSet, times int) {
	t.Helper()
	var s wire.RowSet
	for range times {
		joined(t, &s, src, 0, src.NumRows)
	}
	if s.NumRows != times*src.NumRows {
		t.Errorf("%d rows, want %d", s.NumRows, times*src.NumRows)
	}
}
