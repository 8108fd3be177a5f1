package schema

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
)

// Cache is an [Inspector] that remembers what another one has told, until it is told to forget. Errors are not
// remembered. What several goroutines want at the same time is asked for once, and each gets a copy of its own. It is
// made by [Cached].
type Cache struct {
	from Inspector

	mu    sync.Mutex
	known map[question]*answer
}

var _ Inspector = (*Cache)(nil)

// Cached returns an inspector that remembers what from tells.
func Cached(from Inspector) *Cache { return &Cache{from: from, known: map[question]*answer{}} }

// question is what was asked, with names folded.
type question struct {
	kind         questionKind
	schema, name string
}

type questionKind uint8

const (
	askDefault questionKind = iota
	askSchemas
	askRelations
	askTable
)

// answer is what was told, or will be: done is closed then.
type answer struct {
	done  chan struct{}
	value any
	err   error
	last  bool // nothing is told of the tables behind
}

// errGivenUp is the answer of who has stopped asking. Others ask again.
var errGivenUp = errors.New("schema: nobody waits for the answer any more")

// Refresh forgets everything.
func (c *Cache) Refresh() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = map[question]*answer{}
}

// Forget forgets tables or views, such as one that was just altered, and what relations their schema has. Without names
// it forgets all of the schema, which is the default one if it is "".
func (c *Cache) Forget(schema string, names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	home, every := c.known[question{kind: askDefault}], schema == "" // the default one may be known by its name alone
	if every && home != nil {
		select {
		case <-home.done:
			schema, _ = home.value.(string)
			every = false
		default:
		}
	}
	for q := range c.known {
		of := (every || q.schema == fold(schema)) && q.kind >= askRelations
		if of && (q.kind == askRelations || len(names) == 0 || containsFold(names, q.name)) {
			delete(c.known, q)
		}
	}
}

// DefaultSchema implements [Inspector].
func (c *Cache) DefaultSchema(ctx context.Context) (string, error) {
	return ask(ctx, c, question{kind: askDefault}, func() (string, error) { return c.from.DefaultSchema(ctx) })
}

// Schemas implements [Inspector].
func (c *Cache) Schemas(ctx context.Context) ([]string, error) {
	names, err := ask(ctx, c, question{kind: askSchemas}, func() ([]string, error) { return c.from.Schemas(ctx) })
	return slices.Clone(names), err
}

// Relations implements [Inspector].
func (c *Cache) Relations(ctx context.Context, schema string) ([]Relation, error) {
	schema, err := c.schema(ctx, schema)
	if err != nil {
		return nil, err
	}
	list, err := ask(ctx, c, question{askRelations, fold(schema), ""}, func() ([]Relation, error) {
		return c.from.Relations(ctx, schema)
	})
	return slices.Clone(list), err
}

// schema is the name of a schema that was asked about.
func (c *Cache) schema(ctx context.Context, schema string) (string, error) {
	if schema == "" {
		return c.DefaultSchema(ctx)
	}
	return schema, nil
}

// ask gives the answer to a question, which is asked unless it is known or under way.
func ask[T any](ctx context.Context, c *Cache, q question, f func() (T, error)) (T, error) {
	for {
		a, mine := c.claim(q)
		if mine {
			value, err := f()
			c.tell(q, a, value, givenUp(ctx, err))
			return value, err
		}
		if value, err := a.wait(ctx); !errors.Is(err, errGivenUp) {
			value, _ := value.(T)
			return value, err
		}
	}
}

// Describe implements [Inspector].
func (c *Cache) Describe(ctx context.Context, schema string, names ...string) iter.Seq2[*TableInfo, error] {
	return func(yield func(*TableInfo, error) bool) {
		schema, err := c.schema(ctx, schema)
		if err != nil {
			yield(nil, err)
			return
		}
		var loads sync.WaitGroup
		defer loads.Wait()
		asking, stop := context.WithCancel(ctx)
		defer stop()
		for i, a := range c.load(asking, &loads, schema, names) {
			value, err := a.wait(ctx)
			for errors.Is(err, errGivenUp) && ctx.Err() == nil { // somebody else has
				a = c.load(asking, &loads, schema, names[i:i+1])[0]
				value, err = a.wait(ctx)
			}
			if err == nil {
				info, _ := value.(*TableInfo)
				if !yield(info.clone(), nil) {
					return
				}
				continue
			}
			if ended := ctx.Err(); ended != nil && !errors.As(err, new(*NoTableError)) {
				yield(nil, ended)
				return
			}
			if !yield(nil, err) || a.last {
				return
			}
		}
	}
}

// load finds the answers about tables, and asks for those that nobody has asked for. That goes on by itself, so that
// nobody waits for who reads the answers slowly.
func (c *Cache) load(ctx context.Context, loads *sync.WaitGroup, schema string, names []string) []*answer {
	var mine []string
	var pending []*answer
	answers := make([]*answer, len(names))
	c.mu.Lock()
	for i, name := range names {
		q := question{askTable, fold(schema), fold(name)}
		a, claimed := c.claimLocked(q)
		if claimed {
			mine, pending = append(mine, name), append(pending, a)
		}
		answers[i] = a
	}
	c.mu.Unlock()
	if len(mine) > 0 {
		loads.Go(func() { c.describe(ctx, schema, mine, pending) })
	}
	return answers
}

// describe asks about tables, and tells whoever waits for them. Whether an error is the last shows in what follows it.
func (c *Cache) describe(ctx context.Context, schema string, names []string, pending []*answer) {
	told := 0
	var failed error // of the table that was told of last, which has not heard of it yet
	tell := func(i int, info *TableInfo, err error) {
		c.tell(question{askTable, fold(schema), fold(names[i])}, pending[i], info, givenUp(ctx, err))
	}
	for info, err := range c.from.Describe(ctx, schema, names...) {
		if failed != nil {
			tell(told-1, nil, failed)
		}
		if failed = err; err == nil || errors.As(err, new(*NoTableError)) {
			tell(told, info, err)
			failed = nil
		}
		if told++; told == len(names) {
			break
		}
	}
	silent := told
	if failed != nil {
		silent--
	}
	for i := silent; i < len(names); i++ {
		pending[i].last = told < len(names)
		tell(i, nil, cmp.Or(failed, errToldLess))
	}
}

var errToldLess = errors.New("schema: the inspector has told less than it was asked")

// claim finds the answer to a question. It is mine to ask if nobody has.
func (c *Cache) claim(q question) (a *answer, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claimLocked(q)
}

func (c *Cache) claimLocked(q question) (a *answer, mine bool) {
	if a := c.known[q]; a != nil {
		return a, false
	}
	a = &answer{done: make(chan struct{})}
	c.known[q] = a
	return a, true
}

// tell tells an answer. An error is told to those who wait, and then forgotten.
func (c *Cache) tell(q question, a *answer, value any, err error) {
	a.value, a.err = value, err
	if err != nil {
		c.mu.Lock()
		if c.known[q] == a {
			delete(c.known, q)
		}
		c.mu.Unlock()
	}
	close(a.done)
}

// givenUp is what others are told of an error: that of a context is of its owner alone.
func givenUp(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errGivenUp
	}
	return err
}

func (a *answer) wait(ctx context.Context) (any, error) {
	select {
	case <-a.done:
		return a.value, a.err
	default: // an answer that is there is better than the end of the context
	}
	select {
	case <-a.done:
		return a.value, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
