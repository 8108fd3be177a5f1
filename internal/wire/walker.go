package wire

import "encoding/binary"

// A walker follows the structure of a message without understanding it, to
// find its end. It can be fed in pieces, so it serves messages in memory and
// messages that are still arriving.
type walker struct {
	off    int  // bytes walked
	limit  int  // bytes the message may have
	exact  bool // the limit is the end of the data, not a rule of the caller
	header bool // the message header is still to come
	pass   int  // bytes of a string or a list of numbers still to pass over
	need   int  // bytes that must be seen to go on, when the walk has stopped
	depth  int  // open levels; the outermost stands for the message itself
	levels [maxDepth + 1]level
}

// level is an open struct (left < 0) or a container of left more values. Maps
// alternate: a value before an even left is a key.
type level struct {
	key, val byte
	left     int64
}

// walkMessage starts a walk over a message of at most limit bytes.
func walkMessage(limit int) *walker {
	return &walker{limit: limit, header: true}
}

// walkValue starts a walk over one value at off of data that ends at end.
func walkValue(typ byte, off, end int) *walker {
	w := &walker{off: off, limit: end, exact: true}
	w.push(level{typ, typ, 1})
	return w
}

func (w *walker) done() bool { return w.depth == 0 && !w.header && w.pass == 0 }

// passed says that the caller took the bytes to pass over itself.
func (w *walker) passed() {
	w.off += w.pass
	w.pass = 0
}

// walk goes on over p, which follows what was walked before, and returns how
// many bytes it took. It stops when it is done, when only bytes to pass over
// would follow, or when need bytes must be in p at once and are not.
func (w *walker) walk(p []byte) (int, error) {
	start := w.off
	for {
		n := min(w.pass, len(p))
		w.pass -= n
		w.off += n
		p = p[n:]
		if w.pass > 0 || w.done() {
			return w.off - start, nil
		}
		n, err := w.step(p)
		w.off += n
		p = p[n:]
		if err == nil && w.off > w.limit {
			err = w.overrun(int64(w.off))
		}
		if err != nil || w.need > len(p) {
			return w.off - start, err
		}
	}
}

// step takes the next unit: the header of a message, field or value. It sets
// need to zero, or to the size of the unit if p is too short.
func (w *walker) step(p []byte) (int, error) {
	w.need = 0
	if w.header {
		return w.message(p)
	}
	top := &w.levels[w.depth-1]
	inStruct := top.left < 0
	switch {
	case top.left == 0:
		w.depth--
		return 0, nil
	case inStruct && len(p) == 0:
		w.need = 1
		return 0, nil
	case inStruct && p[0] == typeStop:
		w.depth--
		return 1, nil
	case w.depth > maxDepth:
		return 0, w.tooDeep()
	case inStruct:
		return w.value(p[0], p, 3) // after the field's type and id
	case top.key == typeString && top.val == typeString:
		return w.strings(top, p)
	}
	typ := top.val
	if top.left%2 == 0 {
		typ = top.key
	}
	n, err := w.value(typ, p, 0)
	if w.need == 0 {
		top.left--
	}
	return n, err
}

// message takes the header of a message as far as the length of the name.
func (w *walker) message(p []byte) (int, error) {
	if len(p) < 4 {
		w.need = 4 // enough to see that this is no message at all
		return 0, nil
	}
	if _, err := messageType(binary.BigEndian.Uint32(p)); err != nil {
		return 0, err
	}
	if len(p) < 8 {
		w.need = 8
		return 0, nil
	}
	name := int32(binary.BigEndian.Uint32(p[4:]))
	if name < 0 {
		return 0, corrupt(4, "method name of %d bytes", name)
	}
	w.header = false
	w.push(level{typeStruct, typeStruct, 1})
	return 8, w.passOver(8, int64(name)+4) // the sequence number follows the name
}

// value takes the header of a value, which begins at bytes into p.
func (w *walker) value(typ byte, p []byte, at int) (int, error) {
	kind := kinds[typ]
	unit := at
	if !kind.fixed && typ != typeStruct {
		unit += kind.min // a length or a list header
	}
	if kind.min == 0 {
		return 0, w.unknown(typ)
	}
	if len(p) < unit {
		w.need = unit
		return 0, nil
	}
	switch typ {
	case typeStruct:
		w.push(level{left: -1})
	case typeString:
		n := int32(binary.BigEndian.Uint32(p[at:]))
		return unit, w.passOver(unit, int64(n))
	case typeList, typeSet:
		n := int32(binary.BigEndian.Uint32(p[at+1:]))
		return unit, w.container(unit, p[at], p[at], 1, n)
	case typeMap:
		n := int32(binary.BigEndian.Uint32(p[at+2:]))
		return unit, w.container(unit, p[at], p[at+1], 2, n)
	default:
		return unit, w.passOver(unit, int64(kind.min))
	}
	return unit, nil
}

// container opens a container of n entries of one or two values each. Values
// of fixed size are passed over together.
func (w *walker) container(unit int, key, val byte, values int64, n int32) error {
	k, v := kinds[key], kinds[val]
	switch {
	case n < 0:
		return corrupt(w.off, "container of %d elements", n)
	case n == 0:
		return nil // some writers give no element types then
	case k.min == 0:
		return w.unknown(key)
	case v.min == 0:
		return w.unknown(val)
	case w.depth == maxDepth:
		return w.tooDeep()
	}
	left := int64(n) * values
	size := left * int64(k.min+v.min) / 2
	if k.fixed && v.fixed {
		return w.passOver(unit, size)
	}
	w.push(level{key, val, left})
	return w.fits(unit, size)
}

// strings takes strings as long as they are whole in p: most of the bytes of
// a result are in such lists.
func (w *walker) strings(top *level, p []byte) (n int, err error) {
	for ; top.left > 0; top.left-- {
		if len(p)-n < 4 {
			w.need = 4
			return n, nil
		}
		size := int32(binary.BigEndian.Uint32(p[n:]))
		n += 4
		if uint(size) > uint(len(p)-n) { // negative, or not here yet
			top.left--
			return n, w.passOver(n, int64(size))
		}
		n += int(size)
	}
	return n, nil
}

func (w *walker) push(l level) {
	w.levels[w.depth] = l
	w.depth++
}

// passOver lets the walk pass over size bytes that follow the next at bytes.
func (w *walker) passOver(at int, size int64) error {
	if size < 0 {
		return corrupt(w.off, "string of %d bytes", size)
	}
	if err := w.fits(at, size); err != nil {
		return err
	}
	w.pass = int(size)
	return nil
}

// fits checks that size bytes after the next at bytes are within the limit.
func (w *walker) fits(at int, size int64) error {
	if end := int64(w.off) + int64(at) + size; end > int64(w.limit) {
		return w.overrun(end)
	}
	return nil
}

func (w *walker) overrun(end int64) error {
	if w.exact {
		return corrupt(w.off, "lengths claim %d bytes, there are %d", end, w.limit)
	}
	return &TooLargeError{Size: end, Limit: int64(w.limit)}
}

func (w *walker) unknown(typ byte) error { return corrupt(w.off, "unknown type %d", typ) }

func (w *walker) tooDeep() error {
	return corrupt(w.off, "nested deeper than %d levels", maxDepth)
}
