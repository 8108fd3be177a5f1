package wire

import (
	"errors"
	"math"
	"testing"
)

// More text than 32-bit offsets can tell of is refused before it is copied.
func TestAppendTooMuchText(t *testing.T) {
	var s RowSet
	few := &RowSet{NumRows: 1, Columns: []Column{{Kind: KindString, spans: []span{{0, 3}}, data: []byte("abc")}}}
	if err := s.Append(few, 0, 1); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		size uint32
	}{{"by a byte", math.MaxUint32 - 2}, {"by much", math.MaxUint32}} {
		much := &RowSet{NumRows: 1, Columns: []Column{{Kind: KindString, spans: []span{{0, tt.size}}}}}
		var tooLarge *TooLargeError
		if err := s.Append(much, 0, 1); !errors.As(err, &tooLarge) || tooLarge.Size != 3+int64(tt.size) {
			t.Errorf("%s: got error %v, want a *TooLargeError of %d bytes", tt.name, err, 3+int64(tt.size))
		}
	}
	if s.NumRows != 1 || s.Columns[0].Len() != 1 || s.Columns[0].Str(0) != "abc" {
		t.Errorf("after the errors there are %d rows, %d values", s.NumRows, s.Columns[0].Len())
	}
}
