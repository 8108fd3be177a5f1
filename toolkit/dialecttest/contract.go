package dialecttest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// contractTests are about the methods of [compile.Dialect] themselves.
func contractTests() []test {
	return []test{
		{"contract/name", func(s *suite) error {
			if s.dialect.Name() == "" {
				return errors.New("the dialect has no name")
			}
			return nil
		}},
		{"contract/append", appends},
		{"contract/errors", appendErrors},
		{"contract/placeholders", placeholders},
		{"contract/concurrency", concurrency},
	}
}

// appends: the methods that append leave alone what is there.
func appends(s *suite) error {
	for what, f := range map[string]func([]byte) ([]byte, error){
		"AppendIdent":   func(b []byte) ([]byte, error) { return s.dialect.AppendIdent(b, "name") },
		"AppendLiteral": func(b []byte) ([]byte, error) { return s.dialect.AppendLiteral(b, "value", schema.String) },
	} {
		alone, err := f(nil)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		behind, err := f([]byte("before "))
		if err != nil {
			return fmt.Errorf("%s behind %q: %w", what, "before ", err)
		}
		if string(behind) != "before "+string(alone) {
			return fmt.Errorf("%s behind %q gives %q", what, "before ", behind)
		}
	}
	return nil
}

// appendErrors: what cannot be written is an error.
func appendErrors(s *suite) error {
	for _, name := range []string{"", "a\x00b", "a\xffb"} {
		if text, err := s.dialect.AppendIdent(nil, name); err == nil {
			return fmt.Errorf("the name %q becomes %q", name, text)
		}
	}
	for _, v := range []any{make(chan int), func() {}, "a\xffb"} {
		if text, err := s.dialect.AppendLiteral(nil, v, nil); err == nil {
			return fmt.Errorf("a value of type %T becomes %q", v, text)
		}
	}
	if name, err := s.dialect.TypeName(schema.VarChar(0)); err == nil {
		return fmt.Errorf("a text of at most 0 characters is a %q", name)
	}
	return nil
}

func placeholders(s *suite) error {
	b, ok := s.dialect.(compile.Binder)
	if !ok {
		return nil
	}
	if got := b.AppendPlaceholder([]byte("x"), 1); len(got) < 2 || got[0] != 'x' {
		return fmt.Errorf("AppendPlaceholder behind %q gives %q", "x", got)
	}
	return nil
}

// concurrency: run with -race, it finds a dialect that changes itself.
func concurrency(s *suite) error {
	q := expr.Select(s.people.ID, s.people.Name.As("select")).Where(s.people.Name.Like("a%")).OrderBy(s.people.ID).Limit(1)
	texts := make([]string, 8)
	errs := make([]error, len(texts))
	var wg sync.WaitGroup
	for i := range texts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var st *compile.Statement
			if st, errs[i] = compile.Compile(s.dialect, q); errs[i] == nil {
				texts[i], errs[i] = st.SQL()
			}
		}()
	}
	wg.Wait()
	for _, text := range texts {
		if text != texts[0] {
			return fmt.Errorf("one query, two texts\n%s\n%s", text, texts[0])
		}
	}
	return errors.Join(errs...)
}
