package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// agree decodes body with the Decoder and with generated code: the same values,
// or both refuse, or the Decoder refuses for one of the reasons it documents.
func agree(t *testing.T, d *wire.Decoder, body []byte) {
	t.Helper()
	got, err := d.FetchResults(body)
	want := consult(body)
	switch {
	case err == nil && want.err != nil:
		t.Fatalf("accepted what generated code refuses: %v", want.err)
	case err == nil && want.reason != "":
		t.Fatalf("accepted in spite of: %s", want.reason)
	case err == nil:
		if got, want := showOurs(got), showTheirs(want.resp); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	case want.err == nil && want.reason == "" && !want.twice:
		t.Fatalf("got error %v, want\n%s", err, showTheirs(want.resp))
	default:
		corrupt(t, err)
	}
}

func corrupt(t *testing.T, err error) {
	t.Helper()
	var e *wire.CorruptError
	if !errors.As(err, &e) || e.What == "" || e.Offset < 0 {
		t.Fatalf("got error %#v, want a *CorruptError", err)
	}
}

func TestDecodeSamples(t *testing.T) {
	var reused wire.Decoder
	for name, msg := range samples(t) {
		t.Run(name, func(t *testing.T) {
			body := bodyOf(t, msg)
			agree(t, new(wire.Decoder), body)
			agree(t, &reused, body)
			for n := range body { // every cut
				agree(t, &reused, body[:n])
			}
			for i := range body { // every single wrong byte
				bad := bytes.Clone(body)
				bad[i] ^= 0x81
				agree(t, &reused, bad)
			}
		})
	}
}

func TestDecodeValues(t *testing.T) {
	r, err := wire.DecodeFetchResults(bodyOf(t, fetchReply(t, success(everyKind(9, eighth)))))
	if err != nil {
		t.Fatal(err)
	}
	want := "more=false status=0 info=[] - - -\n" +
		"offset=0 rows=9 columns=8 count=-1 serialised=false\n" +
		`kind=1: "true" "false" "false" "true" "false" "false" "true" NULL "false"` + "\n" +
		`kind=2: "-100" "-99" "-98" "-97" "-96" "-95" "-94" NULL "-92"` + "\n" +
		`kind=3: "0" "-77" "-154" "-231" "-308" "-385" "-462" NULL "-616"` + "\n"
	if got := showOurs(r); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant prefix\n%s", got, want)
	}
	strs := &r.Rows.Columns[6]
	for row, want := range []string{"", "2013-01-01 05:17:00.5", "naïve 蜂 🐝", "1.5000", "\xff\x00"} {
		if got := strs.Str(row); got != want {
			t.Errorf("row %d: got %q, want %q", row, got, want)
		}
	}
	if b := strs.Bytes(1); cap(b) != len(b) {
		t.Errorf("a view of %d bytes reaches over its end to %d", len(b), cap(b))
	}
}

// What generated code would accept, and a peer cannot have meant.
func TestDecodeRefuses(t *testing.T) {
	i32 := func(n int) *hiveserver.TColumn {
		return &hiveserver.TColumn{I32Val: &hiveserver.TI32Column{Values: make([]int32, n), Nulls: []byte{0}}}
	}
	row := func(values ...*hiveserver.TColumnValue) *hiveserver.TRow { return &hiveserver.TRow{ColVals: values} }
	one := &hiveserver.TColumnValue{I32Val: &hiveserver.TI32Value{Value: ptr(int32(1))}}
	str := &hiveserver.TColumnValue{StringVal: &hiveserver.TStringValue{}}
	for want, rs := range map[string]*hiveserver.TRowSet{
		"column 1 has 2 values, column 0 has 3":      {Columns: []*hiveserver.TColumn{i32(3), i32(2)}},
		"row 1 has 1 values, row 0 has 2":            {Rows: []*hiveserver.TRow{row(one, one), row(one)}},
		"column 0 changes from kind 4 to 7 in row 1": {Rows: []*hiveserver.TRow{row(one), row(str)}},
		"row set with both rows and columns":         {Rows: []*hiveserver.TRow{row(one)}, Columns: []*hiveserver.TColumn{i32(1)}},
		"result of -1 columns":                       {ColumnCount: ptr(int32(-1))},
	} {
		body := bodyOf(t, fetchReply(t, success(rs)))
		if o := consult(body); o.err != nil || o.reason == "" {
			t.Errorf("%s: generated code gives %v, reason %q", want, o.err, o.reason)
		}
		refuses(t, body, want)
	}
}

func TestDecodeManyColumns(t *testing.T) {
	columns := slices.Repeat([]*hiveserver.TColumn{{StringVal: &hiveserver.TStringColumn{}}}, 1<<16+1)
	cells := slices.Repeat([]*hiveserver.TColumnValue{{StringVal: &hiveserver.TStringValue{}}}, 1<<16+2)
	refuses(t, bodyOf(t, fetchReply(t, success(&hiveserver.TRowSet{Columns: columns}))), "result of 65537 columns, more than 65536")
	refuses(t, bodyOf(t, fetchReply(t, success(&hiveserver.TRowSet{Rows: []*hiveserver.TRow{{ColVals: cells}}}))), "result of 65538 columns, more than 65536")
	r, err := wire.DecodeFetchResults(bodyOf(t, fetchReply(t, success(&hiveserver.TRowSet{Columns: columns[1:]}))))
	if err != nil || len(r.Rows.Columns) != 1<<16 {
		t.Errorf("got error %v for %d columns", err, len(columns)-1)
	}
}

// The header of a list of one int64 is changed.
func TestDecodeListHeader(t *testing.T) {
	body := bodyOf(t, fetchReply(t, success(&hiveserver.TRowSet{Columns: []*hiveserver.TColumn{{
		I64Val: &hiveserver.TI64Column{Values: []int64{5}, Nulls: []byte{}},
	}}})))
	at := bytes.Index(body, []byte{10, 0, 0, 0, 1})
	left := len(body) - at - 5
	for _, c := range []struct {
		header []byte
		want   string
	}{
		{[]byte{8, 0, 0, 0, 1}, "list of type 8 where type 10 belongs"},
		{[]byte{10, 0, 0, 0, 9}, fmt.Sprintf("list of 9 elements of type 10, %d bytes left", left)},
		{[]byte{10, 0x7f, 0xff, 0xff, 0xff}, fmt.Sprintf("list of 2147483647 elements of type 10, %d bytes left", left)},
		{[]byte{10, 0xff, 0xff, 0xff, 0xfe}, "list of -2 elements"},
	} {
		refuses(t, slices.Replace(bytes.Clone(body), at, at+5, c.header...), c.want)
	}
}

func refuses(t *testing.T, body []byte, want string) {
	t.Helper()
	_, err := wire.DecodeFetchResults(body)
	corrupt(t, err)
	if !strings.HasSuffix(err.Error(), ": "+want) {
		t.Errorf("got error %q, want %q", err, want)
	}
}

// Fields that are not known are skipped to the depth that generated code skips.
func TestDecodeSkips(t *testing.T) {
	known := bodyOf(t, fetchReply(t, success(everyKind(2, never))))
	for depth := range 70 {
		agree(t, new(wire.Decoder), slices.Concat([]byte{15, 0, 9}, nested(depth, 3), known))
		agree(t, new(wire.Decoder), slices.Concat([]byte{15, 0, 9}, nested(depth, 0), known))
	}
	for name, field := range map[string]string{
		"bool": "\x02\x00\x09\x01", "byte": "\x03\x00\x09\x01", "double": "\x04\x00\x0912345678",
		"i16": "\x06\x00\x0912", "i32": "\x08\x00\x091234", "i64": "\x0a\x00\x0912345678",
		"uuid": "\x10\x00\x091234567812345678", "string": "\x0b\x00\x09\x00\x00\x00\x02ab",
		"struct":  "\x0c\x00\x09\x02\x00\x01\x01\x00",
		"map":     "\x0d\x00\x09\x0b\x08\x00\x00\x00\x02\x00\x00\x00\x01a1234\x00\x00\x00\x001234",
		"set":     "\x0e\x00\x09\x06\x00\x00\x00\x021234",
		"unknown": "\x07\x00\x09", "empty map of no types": "\x0d\x00\x09\x00\x00\x00\x00\x00\x00",
		"negative map": "\x0d\x00\x09\x08\x08\xff\xff\xff\xff", "negative string": "\x0b\x00\x09\xff\xff\xff\xff",
	} {
		t.Run(name, func(t *testing.T) {
			agree(t, new(wire.Decoder), slices.Concat([]byte(field), known))
			agree(t, new(wire.Decoder), []byte(field))
		})
	}
}

// A batch decoded with used memory shows nothing of the batch before.
func TestDecoderReuse(t *testing.T) {
	all := samples(t)
	for first, a := range all {
		for second, b := range all {
			var d wire.Decoder
			bodyA, bodyB := bodyOf(t, a), bodyOf(t, b)
			_, _ = d.FetchResults(bodyA) // may be refused: that is a use, too
			got, err := d.FetchResults(bodyB)
			want, wantErr := wire.DecodeFetchResults(bodyB)
			switch {
			case (err == nil) != (wantErr == nil):
				t.Errorf("%s after %s: got error %v, want %v", second, first, err, wantErr)
			case err == nil && showOurs(got) != showOurs(want):
				t.Errorf("%s after %s: got\n%s\nwant\n%s", second, first, showOurs(got), showOurs(want))
			}
		}
	}
}

func TestDecoderAllocations(t *testing.T) {
	body := bodyOf(t, mixedReply(t))
	var d wire.Decoder
	allocs := testing.AllocsPerRun(10, func() {
		if _, err := d.FetchResults(body); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 2 {
		t.Errorf("a batch in used memory takes %v allocations, want at most 2", allocs)
	}
}

// allocated returns the bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzDecodeFetchResults(f *testing.F) {
	used := bodyOf(f, fetchReply(f, success(everyKind(11, third))))
	f.Fuzz(func(t *testing.T, body []byte) {
		var d wire.Decoder
		if _, err := d.FetchResults(used); err != nil {
			t.Fatal(err)
		}
		agree(t, &d, body)
		if r, err := d.FetchResults(body); err == nil && r.Rows != nil {
			rejoined(t, r.Rows, r.Rows.NumRows/2)
		}
		took := allocated(func() { _, _ = wire.DecodeFetchResults(body) })
		if limit := uint64(64*len(body) + 1<<20); took > limit {
			t.Errorf("%d bytes made it allocate %d, want at most %d", len(body), took, limit)
		}
	})
}
