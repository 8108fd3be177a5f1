package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// header is the beginning of a reply to the method "m".
const header = "\x80\x01\x00\x02\x00\x00\x00\x01m\x00\x00\x00\x05"

// nested is the value of a list of lists, depth deep, of n bytes.
func nested(depth, n int) []byte {
	var b []byte
	for range depth {
		b = append(b, 15, 0, 0, 0, 1)
	}
	b = binary.BigEndian.AppendUint32(append(b, 3), uint32(n))
	return append(b, make([]byte, n)...)
}

func TestParseMessage(t *testing.T) {
	got, err := wire.ParseMessage([]byte(header + "\x00"))
	want := wire.Header{Name: "m", Type: wire.Reply, Seq: 5, BodyOffset: 13}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for name, c := range map[string]struct{ msg, want string }{
		"empty":     {"", "0: 4 bytes wanted, 0 left"},
		"HTTP":      {"HTTP/1.1 400 Bad Request", `0: begins with "HTTP": not a Thrift message`},
		"old form":  {"\x00\x00\x00\x01m\x02\x00\x00\x00\x05\x00", `0: begins with "\x00\x00\x00\x01": not a Thrift message, or one without a version`},
		"version 2": {"\x80\x02\x00\x02" + header[4:], "0: message version 0x80020000, not 0x80010000"},
		"type 0":    {"\x80\x01\x00\x00" + header[4:], "3: unknown message type 0"},
		"type 5":    {"\x80\x01\x00\x05" + header[4:], "3: unknown message type 5"},
		"name":      {header[:4] + "\xff\xff\xff\xff", "8: string of -1 bytes"},
		"cut":       {header[:11], "9: 4 bytes wanted, 2 left"},
	} {
		_, err := wire.ParseMessage([]byte(c.msg))
		corrupt(t, err)
		if want := "corrupt Thrift data at byte " + c.want; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %q, want prefix %q", name, err, want)
		}
	}
}

// bad are messages with wrong structure, complete or not.
var bad = map[string]struct{ msg, want string }{
	"negative list":    {header + "\x0f\x00\x01\x08\xff\xff\xff\xff", "container of -1 elements"},
	"long list":        {header + "\x0f\x00\x01\x08\x7f\xff\xff\xff", ""},
	"long list later":  {header + "\x0f\x00\x01\x0c\x7f\xff\xff\xff\x00\x00", ""},
	"negative map":     {header + "\x0d\x00\x01\x08\x08\xff\xff\xff\xff", "container of -1 elements"},
	"long map":         {header + "\x0d\x00\x01\x0b\x08\x7f\xff\xff\xff", ""},
	"negative string":  {header + "\x0b\x00\x01\xff\xff\xff\xff", "string of -1 bytes"},
	"long string":      {header + "\x0b\x00\x01\x7f\xff\xff\xff", ""},
	"negative in list": {header + "\x0f\x00\x01\x0b\x00\x00\x00\x01\x80\x00\x00\x00", "string of -2147483648 bytes"},
	"unknown field":    {header + "\x05\x00\x01", "unknown type 5"},
	"unknown element":  {header + "\x0f\x00\x01\x01\x00\x00\x00\x01\x00\x00", "unknown type 1"},
	"unknown key":      {header + "\x0d\x00\x01\x11\x08\x00\x00\x00\x01\x00\x00\x00", "unknown type 17"},
	"unknown value":    {header + "\x0d\x00\x01\x08\x11\x00\x00\x00\x01\x00\x00\x00", "unknown type 17"},
	"too deep":         {header + "\x0f\x00\x01" + string(nested(62, 1)) + "\x00", "nested deeper than 64 levels"},
	"structs too deep": {header + strings.Repeat("\x0c\x00\x01", 63) + "\x02\x00\x01\x01", "nested deeper than 64 levels"},
	"negative name":    {header[:4] + "\x80\x00\x00\x00", "method name of -2147483648 bytes"},
	"long name":        {header[:4] + "\x7f\xff\xff\xff", ""},
	"version":          {"\x80\x02\x00\x02" + header[4:] + "\x00", "message version"},
}

func TestValidate(t *testing.T) {
	for name, msg := range samples(t) {
		if err := wire.Validate(msg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for n := range msg {
			corrupt(t, wire.Validate(msg[:n]))
		}
		corrupt(t, wire.Validate(append(bytes.Clone(msg), 0)))
	}
	if err := wire.Validate(slices.Concat([]byte(header+"\x0f\x00\x01"), nested(61, 1), []byte{0})); err != nil {
		t.Errorf("64 levels: %v", err)
	}
	for name, c := range bad {
		err := wire.Validate([]byte(c.msg))
		corrupt(t, err)
		want := c.want
		if want == "" {
			want = "lengths claim"
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, want %q in it", name, err, want)
		}
	}
}

// Claims of 2^31-1 elements in a hundred bytes cost nothing, whoever reads them.
func TestBoundedMemory(t *testing.T) {
	const limit = 1 << 20
	claim := []byte{0x7f, 0xff, 0xff, 0xff}
	for name, msg := range samples(t) {
		h, err := wire.ParseMessage(msg)
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(msg) - 4 {
			lie := slices.Replace(bytes.Clone(msg), i, i+4, claim...)
			body := lie[h.BodyOffset:]
			for what, f := range map[string]func(){
				"Validate":     func() { _ = wire.Validate(lie) },
				"ParseMessage": func() { _, _ = wire.ParseMessage(lie) },
				"ReadMessage":  func() { _, _ = readMessage(lie, 1<<31-1) },
				"NextMessage":  func() { _, _ = nextMessage(lie, 1<<31-1) },
				"Decoder":      func() { _, _ = wire.DecodeFetchResults(body) },
			} {
				if took := allocated(f); took > limit {
					t.Errorf("%s, %s, 2^31-1 at byte %d: allocated %d, want at most %d", what, name, i, took, limit)
				}
			}
		}
	}
}

func FuzzValidate(f *testing.F) {
	f.Fuzz(func(t *testing.T, msg []byte) {
		if err := wire.Validate(msg); err != nil {
			corrupt(t, err)
			return
		}
		body := bodyOf(t, msg)
		for _, into := range []thrift.TStruct{
			&hiveserver.TCLIServiceFetchResultsResult{},
			&hiveserver.TCLIServiceOpenSessionResult{},
			&hiveserver.TCLIServiceGetResultSetMetadataResult{},
			&hiveserver.TCLIServiceGetOperationStatusResult{},
			&hiveserver.TCLIServiceGetInfoResult{},
		} {
			var err error
			took := allocated(func() { err = generated(body, into) })
			if limit := uint64(256*len(msg) + 1<<20); took > limit {
				t.Errorf("%d bytes made generated code (%T, error %v) allocate %d, want at most %d", len(msg), into, err, took, limit)
			}
		}
	})
}

func TestTooLargeError(t *testing.T) {
	got := (&wire.TooLargeError{Size: 7, Limit: 5}).Error()
	want := "Thrift message of at least 7 bytes exceeds the limit of 5 bytes: raise maxMessageSize or lower fetchSize"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func tooLarge(t *testing.T, err error, limit int) {
	t.Helper()
	var e *wire.TooLargeError
	if !errors.As(err, &e) || e.Limit != int64(limit) || e.Size <= e.Limit {
		t.Fatalf("got error %#v, want a *TooLargeError of limit %d", err, limit)
	}
}
