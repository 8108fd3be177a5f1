package compile

import (
	"container/list"
	"slices"
	"sync"

	"github.com/skep-go/skep/toolkit/expr"
)

// Cache compiles statements for one dialect, and keeps what it has compiled. Trees of the same structure are compiled
// once: values, the length of lists of values and the numbers of LIMIT are not part of the structure. It is safe for
// concurrent use.
type Cache struct {
	dialect Dialect
	limit   int

	mu      sync.Mutex
	entries map[string]*list.Element
	recent  *list.List // of *cached, the last used first
	stats   CacheStats
}

type cached struct {
	key  string
	code *code
	same [][2]int // places of values that were one node when this was compiled
}

// CacheStats count what a [Cache] has done.
type CacheStats struct {
	Hits, Misses uint64
	Size         int // statements that are kept
}

// DefaultCacheSize is how many statements a [Cache] keeps if nothing else is said.
const DefaultCacheSize = 500

// NewCache makes a cache of so many statements; 0 means [DefaultCacheSize]. The one that was not used for the longest
// time goes when another one comes.
func NewCache(d Dialect, size int) *Cache {
	if size <= 0 {
		size = DefaultCacheSize
	}
	return &Cache{dialect: d, limit: size, entries: map[string]*list.Element{}, recent: list.New()}
}

// Dialect is the dialect that the cache compiles for.
func (c *Cache) Dialect() Dialect { return c.dialect }

// Stats counts what the cache has done.
func (c *Cache) Stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Size = c.recent.Len()
	return s
}

// Clear forgets what was compiled.
func (c *Cache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
	c.recent.Init()
}

// Compile is [Compile] by way of the cache.
func (c *Cache) Compile(n expr.Node) (*Statement, error) { return c.CompileWith(Options{}, n) }

// CompileWith is [Options.Compile] by way of the cache.
func (c *Cache) CompileWith(o Options, n expr.Node) (*Statement, error) {
	shape := shapes.Get().(*expr.Shape)
	defer release(shape)
	n.Shape(shape)
	o.shape(shape)
	if code := c.lookup(shape); code != nil {
		return newStatement(n, code, shape.Values()), nil
	}
	code, err := compileShape(c.dialect, n, shape, o)
	if err != nil {
		return nil, err
	}
	if !shape.Opaque() {
		c.store(string(shape.Key()), code, sharedValues(shape.Values()))
	}
	return newStatement(n, code, shape.Values()), nil
}

func (c *Cache) lookup(shape *expr.Shape) *code {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[string(shape.Key())]
	if e == nil || shape.Opaque() || !sharing(e.Value.(*cached).same, shape.Values()) {
		c.stats.Misses++
		return nil
	}
	c.stats.Hits++
	c.recent.MoveToFront(e)
	return e.Value.(*cached).code
}

// store keeps a code. One of the same key had its values shared otherwise; the one that asks for less sharing stays.
func (c *Cache) store(key string, code *code, same [][2]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[key]; e != nil {
		if old := e.Value.(*cached); len(same) < len(old.same) {
			e.Value = &cached{key, code, same}
		}
		return
	}
	c.entries[key] = c.recent.PushFront(&cached{key, code, same})
	for c.recent.Len() > c.limit {
		oldest := c.recent.Back()
		delete(c.entries, c.recent.Remove(oldest).(*cached).key)
	}
}

// A tree may hold one value in two places, as does one that is grouped by an expression that it selects. Its code has
// slots for the first place only, and would render the wrong value for a tree of the same structure whose values
// differ. So a code says which places it takes for one.

// sharedValues are the places of values that are the same node.
func sharedValues(values []*expr.Value) [][2]int {
	var same [][2]int
	first := make(map[*expr.Value]int, len(values))
	for i, v := range values {
		if j, ok := first[v]; ok {
			same = append(same, [2]int{j, i})
		} else {
			first[v] = i
		}
	}
	return slices.Clip(same)
}

// sharing reports whether the values at these places are the same.
func sharing(same [][2]int, values []*expr.Value) bool {
	for _, pair := range same {
		if values[pair[0]] != values[pair[1]] {
			return false
		}
	}
	return true
}
