package wire

import "slices"

// TextSize is how many bytes the texts of some rows take together, from up to
// but not including to, in a column of KindString or KindBinary.
func (c *Column) TextSize(from, to int) (size int) {
	for _, at := range c.spans[from:to] {
		size += int(at.size)
	}
	return size
}

// stride is how many bytes a short text is copied with. A copy of a fixed size
// is two instructions, where one of any size is a call.
const stride = 16

// AppendTexts appends the texts of some rows to data, and to offsets where each
// begins there. The caller sees to it that offsets can hold that. Like append
// it writes to no memory of data's behind what it appends.
func (c *Column) AppendTexts(data []byte, offsets []int32, from, to int) ([]byte, []int32) {
	spans := c.spans[from:to]
	end, total := len(data), c.TextSize(from, to)
	data = slices.Grow(data, total)[:end+total]
	offsets = slices.Grow(offsets, len(spans)+1)
	for _, at := range spans {
		offsets = append(offsets, int32(end))
		start, size := int(at.start), int(at.size)
		if size <= stride && start+stride <= len(c.data) && end+stride <= len(data) {
			*(*[stride]byte)(data[end:]) = [stride]byte(c.data[start:])
		} else {
			copy(data[end:], c.data[start:start+size])
		}
		end += size
	}
	return data, offsets
}
