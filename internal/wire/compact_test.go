package wire_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// blobReply is the body of a reply with a blob in place of columns.
func blobReply(t testing.TB, blob []byte, columns int32) []byte {
	return bodyOf(t, fetchReply(t, success(&hiveserver.TRowSet{
		Rows: []*hiveserver.TRow{}, BinaryColumns: blob, ColumnCount: &columns,
	})))
}

// Serialised or not, a batch is the same.
func TestCompactValues(t *testing.T) {
	for _, n := range []int{0, 1, 14, 15, 127, 128, 1000} {
		rows := everyKind(n, third)
		rows.ColumnCount = ptr(int32(len(rows.Columns)))
		want, err := wire.DecodeFetchResults(bodyOf(t, fetchReply(t, success(rows))))
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.DecodeFetchResults(bodyOf(t, fetchReply(t, success(serialised(t, rows, "rest")))))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Rows.Serialised || want.Rows.Serialised {
			t.Errorf("%d rows: serialised is %v and %v, want true and false", n, got.Rows.Serialised, want.Rows.Serialised)
		}
		want.Rows.Serialised = true
		if got, want := showOurs(got), showOurs(want); got != want {
			t.Errorf("%d rows: got\n%s\nwant\n%s", n, got, want)
		}
	}
}

// Numbers of every length, at the end of the data and before it.
func TestCompactNumbers(t *testing.T) {
	var i16s []int16
	var i32s []int32
	var i64s []int64
	for bit := range 64 {
		for _, v := range []int64{1 << bit, 1<<bit - 1, -1 << bit, ^(-1 << bit)} {
			i16s, i32s, i64s = append(i16s, int16(v)), append(i32s, int32(v)), append(i64s, v)
		}
	}
	for rest := range 12 {
		rows := serialised(t, &hiveserver.TRowSet{Columns: []*hiveserver.TColumn{
			{I16Val: &hiveserver.TI16Column{Values: i16s, Nulls: []byte{0}}},
			{I32Val: &hiveserver.TI32Column{Values: i32s, Nulls: []byte{0}}},
			{I64Val: &hiveserver.TI64Column{Values: i64s, Nulls: []byte{}}},
		}}, strings.Repeat("\xff", rest))
		body := bodyOf(t, fetchReply(t, success(rows)))
		agree(t, new(wire.Decoder), body)
		r, err := wire.DecodeFetchResults(body)
		if err != nil {
			t.Fatal(err)
		}
		c := r.Rows.Columns
		if !slices.Equal(c[0].I16, i16s) || !slices.Equal(c[1].I32, i32s) || !slices.Equal(c[2].I64, i64s) {
			t.Errorf("got\n%d\n%d\n%d\nwant\n%d\n%d\n%d", c[0].I16, c[1].I32, c[2].I64, i16s, i32s, i64s)
		}
	}
}

// What other writers than Java's may send, and the Decoder reads.
func TestCompactForms(t *testing.T) {
	for name, c := range map[string]struct{ column, want string }{
		"short forms":                 {"\x4c\x19\x15\x02\x18\x01\x00\x00\x00", `kind=4: "1"`},
		"long field headers":          {"\x0c\x08\x09\x02\x15\x02\x08\x04\x01\x00\x00\x00", `kind=4: "1"`},
		"long list header":            {"\x4c\x19\xf5\x01\x02\x18\x01\x00\x00\x00", `kind=4: "1"`},
		"nulls first":                 {"\x4c\x28\x01\x00\x09\x02\x15\x02\x00\x00", `kind=4: "1"`},
		"overlong number":             {"\x4c\x19\x15\x82\x80\x80\x80\x80\x80\x00\x18\x01\x00\x00\x00", `kind=4: "1"`},
		"overlong lengths":            {"\x4c\x19\xf5\x81\x00\x02\x18\x81\x80\x00\x00\x00\x00", `kind=4: "1"`},
		"booleans of either type":     {"\x1c\x19\x31\x01\x02\x00\x18\x01\x00\x00\x00", `kind=1: "true" "false" "false"`},
		"and the other":               {"\x1c\x19\x32\x01\x02\x09\x18\x01\x00\x00\x00", `kind=1: "true" "false" "false"`},
		"double in little-endian":     {"\x6c\x19\x17\x00\x00\x00\x00\x00\x00\xf0\x3f\x18\x01\x00\x00\x00", `kind=6: 0x3ff0000000000000`},
		"NULL":                        {"\x7c\x19\x28\x00\x01a\x18\x01\x01\x00\x00", `kind=7: NULL "a"`},
		"no bitmap":                   {"\x8c\x19\x18\x01\xff\x18\x00\x00\x00", `kind=8: "\xff"`},
		"stop that has a field delta": {"\x2c\x19\x13\x80\x18\x00\x10\xf0", `kind=2: "-128"`},
	} {
		t.Run(name, func(t *testing.T) {
			body := blobReply(t, []byte(c.column), 1)
			agree(t, new(wire.Decoder), body)
			r, err := wire.DecodeFetchResults(body)
			if err != nil {
				t.Fatal(err)
			}
			if got := showOurs(r); !strings.HasSuffix(got, c.want+"\n") {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestCompactRefuses(t *testing.T) {
	const one = "\x4c\x19\x15\x02\x18\x01\x00\x00\x00"
	const two = "\x4c\x19\x25\x02\x04\x18\x01\x00\x00\x00"
	tooWide := string(binary.AppendUvarint(nil, 1<<32))
	for name, c := range map[string]struct {
		blob    string
		columns int32
		want    string
	}{
		"nothing":                {"", 1, "1 bytes wanted, 0 left"},
		"a column is missing":    {one, 2, "1 bytes wanted, 0 left"},
		"no number of columns":   {one, 0, "serialised columns in a result of 0 columns"},
		"many columns":           {one, 1<<16 + 1, "serialised columns in a result of 65537 columns"},
		"unequal length":         {two + one, 2, "column 1 has 1 values, column 0 has 2"},
		"no kind":                {"\x00", 1, "column of the kind 0 as type 0"},
		"unknown kind":           {"\x9c", 1, "column of the kind 9 as type 12"},
		"kind of another type":   {"\x48", 1, "column of the kind 4 as type 8"},
		"two kinds":              {one[:len(one)-1] + "\x1c", 1, "column of several kinds"},
		"no nulls":               {"\x4c\x19\x15\x02\x00\x00", 1, "column without values or nulls"},
		"no values":              {"\x4c\x28\x00\x00\x00", 1, "column without values or nulls"},
		"values twice":           {"\x4c\x19\x15\x02\x09\x02\x15\x02", 1, "field 1 of type 9 in a column"},
		"another field":          {"\x4c\x19\x15\x02\x28\x00", 1, "field 3 of type 8 in a column"},
		"a field of many bits":   {"\x4c\x09\x82\x80\x80\x80\x10", 1, "list of 16-bit numbers with one of 33 bits"},
		"a list of another type": {"\x4c\x19\x16\x02", 1, "list of type 6 where type 5 belongs"},
		"even if it is empty":    {"\x4c\x19\x06\x18", 1, "list of type 6 where type 5 belongs"},
		"bytes as booleans":      {"\x1c\x19\x13\x01", 1, "list of type 3 where type 1 belongs"},
		"a long list":            {"\x4c\x19\xe5\x02", 1, "list of 14 elements, 1 bytes left"},
		"a very long list":       {"\x4c\x19\xf5\xff\xff\xff\xff\x07\x02", 1, "length of 2147483647, 1 bytes left"},
		"a length of many bits":  {"\x4c\x19\xf5\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 1, "length that is no varint"},
		"doubles":                {"\x6c\x19\x27123456789", 1, "list of 2 doubles, 9 bytes left"},
		"a number is missing":    {"\x4c\x19\x25\x02\x82", 1, "number 1 of 2 is no varint"},
		"a number of many bits":  {"\x4c\x19\x15" + tooWide + "\x18", 1, "list of 32-bit numbers with one of 33 bits"},
		"a number of 70 bits":    {"\x6c\x19\x17" + "12345678" + "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 1, "length that is no varint"},
		"a string is missing":    {"\x7c\x19\x28\x00\x80", 1, "string 1 of 2 is missing"},
		"a long string":          {"\x7c\x19\x28\x00\x02a", 1, "string 1 of 2 claims 2 bytes, 1 left"},
		"a very long string":     {"\x7c\x19\x18" + strings.Repeat("\xff", 9) + "\x01", 1, "string 0 of 1 claims 18446744073709551615 bytes, 0 left"},
	} {
		t.Run(name, func(t *testing.T) {
			body := blobReply(t, []byte(c.blob), c.columns)
			agree(t, new(wire.Decoder), body)
			refuses(t, body, c.want)
		})
	}
}

// Rows come in one form.
func TestCompactBeside(t *testing.T) {
	rows := serialised(t, everyKind(1, never), "")
	rows.Columns = everyKind(1, never).Columns
	body := bodyOf(t, fetchReply(t, success(rows)))
	agree(t, new(wire.Decoder), body)
	refuses(t, body, "row set with columns in two forms")

	rows = serialised(t, everyKind(1, never), "")
	rows.Rows = rowForm(1, never).Rows
	body = bodyOf(t, fetchReply(t, success(rows)))
	agree(t, new(wire.Decoder), body)
	refuses(t, body, "row set with both rows and columns")
}

// An error says where in the reply it is, and the views are of the reply.
func TestCompactPlace(t *testing.T) {
	blob := []byte("\x7c\x19\x18\x02ab\x18\x01\x00\x00\x00")
	body := blobReply(t, blob, 1)
	at := bytes.Index(body, blob)
	r, err := wire.DecodeFetchResults(body)
	if err != nil {
		t.Fatal(err)
	}
	body[at+4] = 'x'
	if got := r.Rows.Columns[0].Str(0); got != "xb" {
		t.Errorf("got %q, want the reply's memory", got)
	}
	body[at+2] = 0x19
	_, err = wire.DecodeFetchResults(body)
	if want := fmt.Sprintf("at byte %d: ", at+3); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one %s", err, want)
	}
}

// Only the batch without rows that is not serialised is the end.
func TestEnd(t *testing.T) {
	all := samples(t)
	for name, want := range map[string]bool{
		"columns-end": true, "no-columns": true, "serialised-end": true,
		"serialised-no-rows": false, "serialised": false, "columns-third": false, "rows-third": false,
	} {
		r, err := wire.DecodeFetchResults(bodyOf(t, all[name]))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Rows.End(); got != want {
			t.Errorf("%s: the end is %v, want %v", name, got, want)
		}
	}
}

func TestRewrite(t *testing.T) {
	blob := []byte("\x7c\x19\x38\x00\x02ab\x01c\x18\x01\x01\x00\x00") // NULL, ab, c
	var d wire.Decoder
	for range 2 { // with used memory, too
		r, err := d.FetchResults(blobReply(t, blob, 1))
		if err != nil {
			t.Fatal(err)
		}
		c := &r.Rows.Columns[0]
		view := c.Bytes(1)
		if err := c.Rewrite(func(dst, text []byte) []byte { return append(append(dst, text...), "-x"...) }); err != nil {
			t.Fatal(err)
		}
		if got, want := []string{c.Str(0), c.Str(1), c.Str(2)}, []string{"", "ab-x", "c-x"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if string(view) != "ab" || !c.IsNull(0) {
			t.Errorf("the view before is %q, NULL is %v", view, c.IsNull(0))
		}
	}
}

func TestCompactAllocations(t *testing.T) {
	body := bodyOf(t, fetchReply(t, success(serialised(t, mixed(), ""))))
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

func FuzzCompact(f *testing.F) {
	used := bodyOf(f, fetchReply(f, success(serialised(f, everyKind(11, third), ""))))
	f.Fuzz(func(t *testing.T, blob []byte, columns int32) {
		var d wire.Decoder
		if _, err := d.FetchResults(used); err != nil {
			t.Fatal(err)
		}
		body := blobReply(t, blob, columns)
		agree(t, &d, body)
		took := allocated(func() { _, _ = wire.DecodeFetchResults(body) })
		if limit := uint64(64*len(body) + 1<<20); took > limit {
			t.Errorf("%d bytes made it allocate %d, want at most %d", len(body), took, limit)
		}
	})
}
