package expr

import (
	varint "encoding/binary"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/skep-go/skep/toolkit/schema"
)

// Node is a part of a tree. Nodes are data: they do not change once they are made, so trees may share them and
// goroutines may use them. What SQL a node becomes is the business of a dialect. The interface is open: a dialect brings
// nodes of its own.
type Node interface {
	// Shape tells s what the node is: its kind, everything else that decides about its text, and its parts, always in
	// the same order. What is derived from that is the walk over a tree and the key of its compiled text in a cache,
	// so that a node that tells too little would be taken for another one.
	Shape(s *Shape)
}

// Shape takes down the structure of a tree. Values are not part of it: they are collected beside it, in the order in
// which the nodes name them, so that trees that differ in nothing but their values have the same key.
type Shape struct {
	key     []byte
	values  []*Value
	sources []*Source  // that have been met; columns refer to them by their place here
	walk    func(Node) // the parts go here, and nothing else anywhere
	opaque  bool
}

// Reset makes s ready for another tree. The memory of the last one is used again.
func (s *Shape) Reset() {
	clear(s.values)
	clear(s.sources)
	s.key, s.values, s.sources, s.walk, s.opaque = s.key[:0], s.values[:0], s.sources[:0], nil, false
}

// Key is the structure as bytes; equal keys mean equal structures. It is valid until Reset.
func (s *Shape) Key() []byte { return s.key }

// Values are the values of the tree in the order of its nodes. They are valid until Reset.
func (s *Shape) Values() []*Value { return s.values }

// Opaque reports whether some node has a structure that a key cannot tell.
func (s *Shape) Opaque() bool { return s.opaque }

// SetOpaque says that no key tells this node from another one: what it is in must be compiled each time.
func (s *Shape) SetOpaque() { s.opaque = true }

// Kind begins a node. No two types of nodes share a kind; one of another package begins with the name of that package.
func (s *Shape) Kind(kind string) { s.Text(kind) }

// Text adds a text.
func (s *Shape) Text(text string) {
	switch {
	case s.walk != nil:
	case len(text) < 0x80: // AppendUvarint of it, in line
		s.key = append(s.key, byte(len(text)))
		s.key = append(s.key, text...) // twice, since an append in place stores no pointer
	default:
		s.key = varint.AppendUvarint(s.key, uint64(len(text)))
		s.key = append(s.key, text...)
	}
}

// Int adds a number.
func (s *Shape) Int(n int) {
	switch {
	case s.walk != nil:
	case 0 <= n && n < 0x40: // AppendVarint of it, in line
		s.key = append(s.key, byte(n)<<1)
	default:
		s.key = varint.AppendVarint(s.key, int64(n))
	}
}

// ID adds the identity of an object, such as a table's.
func (s *Shape) ID(id uint64) {
	if s.walk == nil {
		s.key = varint.AppendUvarint(s.key, id)
	}
}

// Bool adds a yes or no.
func (s *Shape) Bool(yes bool) {
	if s.walk == nil {
		b := byte(0)
		if yes {
			b = 1
		}
		s.key = append(s.key, b)
	}
}

// Type adds a type; nil is one that is not known.
func (s *Shape) Type(t schema.Type) {
	if s.walk != nil {
		return
	}
	switch t := t.(type) {
	case nil:
		s.key = append(s.key, 0)
	case schema.Basic:
		s.key = append(s.key, 1, byte(t))
	case schema.VarCharType: // common, and its text would be made for each key
		s.key = append(s.key, 2)
		s.Int(t.Length())
	case schema.NumericType:
		s.key = append(s.key, 3)
		s.Int(t.Precision())
		s.Int(t.Scale())
	default:
		s.key = append(s.key, 4)
		if !reflect.ValueOf(t).Comparable() {
			s.SetOpaque() // schema.CheckType tells what is wrong with it
			return
		}
		s.ID(typeID(t))
	}
}

// types are the numbers of the types that were met. Types of programs may differ and have one text.
var types struct {
	ids  sync.Map // of schema.Type
	last atomic.Uint64
}

func typeID(t schema.Type) uint64 {
	id, ok := types.ids.Load(t)
	if !ok {
		id, _ = types.ids.LoadOrStore(t, types.last.Add(1))
	}
	return id.(uint64)
}

// Node adds a part; nil is one that is not there.
func (s *Shape) Node(n Node) {
	switch {
	case n == nil:
		s.Bool(false)
	case s.walk != nil:
		s.walk(n)
	default:
		s.key = append(s.key, 1)
		n.Shape(s)
	}
}

// Term adds an expression; nil is one that is not there.
func (s *Shape) Term(t *Term) {
	if t == nil {
		s.Bool(false)
		return
	}
	s.Node(t.Node)
}

// Terms adds expressions.
func (s *Shape) Terms(terms []*Term) {
	s.Int(len(terms))
	for _, t := range terms {
		s.Term(t)
	}
}

// shapes adds parts that are structs of a statement and no nodes.
func shapes[T interface{ shape(s *Shape) }](s *Shape, parts []T) {
	s.Int(len(parts))
	for _, p := range parts {
		p.shape(s)
	}
}

// value adds a value, whose type is part of the structure.
func (s *Shape) value(v *Value) {
	s.Type(v.Type)
	if s.walk == nil {
		s.values = append(s.values, v)
	}
}

// NewWalk is a Shape that takes nothing down: each part of a node whose Shape is told to it goes to f.
func NewWalk(f func(Node)) *Shape { return &Shape{walk: f} }

// HasCTE reports whether the tree reads from a common table expression.
func (s *Shape) HasCTE() bool {
	return slices.ContainsFunc(s.sources, func(src *Source) bool {
		_, ok := src.Node.(*CommonTable)
		return ok
	})
}

// Children calls f with the parts of n, not with theirs.
func Children(n Node, f func(Node)) {
	n.Shape(NewWalk(f))
}

// Walk calls f with n and with everything below it, parents first. It does not go below a node for which f returns
// false.
func Walk(n Node, f func(Node) bool) {
	var below *Shape
	visit := func(n Node) {
		if f(n) {
			n.Shape(below)
		}
	}
	below = NewWalk(visit)
	visit(n)
}
