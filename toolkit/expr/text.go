package expr

import (
	"strings"

	"github.com/skep-go/skep/toolkit/schema"
)

// Match says what the pattern of a [Likeness] is.
type Match uint8

// The kinds of patterns.
const (
	MatchPattern  Match = iota // % and _ stand for others
	MatchPrefix                // a text that X begins with
	MatchSuffix                // a text that X ends with
	MatchContains              // a text that X contains
)

// Likeness is the node of LIKE. Unless Match is MatchPattern, the pattern is a text in which nothing stands for anything
// else.
type Likeness struct {
	Term
	X, Pattern *Term
	Match      Match
	Escape     byte // 0: none
	Not        bool
	Fold       bool // upper and lower case are one
	backslash  bool
	empty      bool
}

// Backslash reports whether the pattern is a value that contains a backslash, which some dialects have to tell in other
// words. It is part of the structure, though the pattern is not.
func (l *Likeness) Backslash() bool { return l.backslash }

// Empty reports whether the pattern is the value "". It is part of the structure, as Backslash is.
func (l *Likeness) Empty() bool { return l.empty }

// look takes down what of the pattern is part of the structure.
func (l *Likeness) look(pattern string) {
	l.backslash, l.empty = strings.Contains(pattern, `\`), pattern == ""
}

// Shape implements [Node].
func (l *Likeness) Shape(s *Shape) {
	s.Kind("like")
	s.Int(int(l.Match))
	s.Int(int(l.Escape))
	s.Bool(l.Not)
	s.Bool(l.Fold)
	s.Bool(l.backslash)
	s.Bool(l.empty)
	s.Term(l.X)
	s.Term(l.Pattern)
}

func like(x *Term, l Likeness, pattern string) Bool {
	n := &struct {
		Likeness
		Value
	}{Likeness: l}
	n.Value.set(pattern, schema.String)
	n.X, n.Pattern = x, &n.Value.Term
	n.look(pattern)
	return truth(n.Likeness.is(&n.Likeness, schema.Boolean))
}

// Like is x LIKE pattern: % stands for any text and _ for any character.
func (s String) Like(pattern string) Bool { return like(s.term(), Likeness{}, pattern) }

// NotLike is x NOT LIKE pattern.
func (s String) NotLike(pattern string) Bool { return like(s.term(), Likeness{Not: true}, pattern) }

// LikeEscape is x LIKE pattern ESCAPE escape: after the escape, % and _ and the escape stand for themselves.
func (s String) LikeEscape(pattern string, escape byte) Bool {
	return like(s.term(), Likeness{Escape: escape}, pattern)
}

// ILike is Like for which upper and lower case are one.
func (s String) ILike(pattern string) Bool { return like(s.term(), Likeness{Fold: true}, pattern) }

// NotILike is the opposite of ILike.
func (s String) NotILike(pattern string) Bool {
	return like(s.term(), Likeness{Fold: true, Not: true}, pattern)
}

// StartsWith reports whether x begins with prefix, in which % and _ are characters like others.
func (s String) StartsWith(prefix string) Bool {
	return like(s.term(), Likeness{Match: MatchPrefix}, prefix)
}

// EndsWith reports whether x ends with suffix, in which % and _ are characters like others.
func (s String) EndsWith(suffix string) Bool {
	return like(s.term(), Likeness{Match: MatchSuffix}, suffix)
}

// Contains reports whether x contains part, in which % and _ are characters like others.
func (s String) Contains(part string) Bool {
	return like(s.term(), Likeness{Match: MatchContains}, part)
}

// Like is x LIKE pattern for a pattern that is not a value: % stands for any text and _ for any character.
func Like(x, pattern String) Bool { return likeTerm(x, pattern, MatchPattern) }

// StartsWith reports whether x begins with prefix.
func StartsWith(x, prefix String) Bool { return likeTerm(x, prefix, MatchPrefix) }

// EndsWith reports whether x ends with suffix.
func EndsWith(x, suffix String) Bool { return likeTerm(x, suffix, MatchSuffix) }

// Contains reports whether x contains part.
func Contains(x, part String) Bool { return likeTerm(x, part, MatchContains) }

func likeTerm(x, pattern String, match Match) Bool {
	l := &Likeness{X: x.term(), Pattern: pattern.term(), Match: match}
	if v, ok := l.Pattern.Node.(*Value); ok {
		text, _ := v.V.(string)
		l.look(text)
	}
	return truth(l.is(l, schema.Boolean))
}

// RegexpMatch reports whether some part of x matches the regular expression, in the syntax of the server.
func (s String) RegexpMatch(pattern string) Bool {
	return truth(withValue(OpRegexp, s.term(), pattern, schema.Boolean))
}

// Concat is x || v || ….
func (s String) Concat(texts ...string) String {
	list := make([]*Term, 1, 1+len(texts))
	list[0] = s.term()
	for _, v := range texts {
		list = append(list, newValue(v, schema.String))
	}
	return String{}.with(chain(OpConcat, list, schema.String))
}

// Concat is a || b || …, NULL if one of them is.
func Concat(texts ...String) String {
	if len(texts) == 0 {
		return Lit[String]("")
	}
	return String{}.with(chain(OpConcat, terms(texts), schema.String))
}

// Collate compares x by a collation.
func (s String) Collate(name string) String {
	c := &Collation{X: s.term(), Name: name}
	return String{}.with(c.is(c, c.X.Type))
}

// Collation is the node of COLLATE.
type Collation struct {
	Term
	X    *Term
	Name string
}

// Shape implements [Node].
func (c *Collation) Shape(s *Shape) {
	s.Kind("collate")
	s.Text(c.Name)
	s.Term(c.X)
}
