package schema

import (
	"fmt"
	"strings"
)

// Naming is how constraints and indexes are named that have no name of their own: a template for primary keys, foreign
// keys, unique constraints, checks and indexes each. In it stand
//
//	%t  for the table
//	%c  for the columns, with _ between them
//	%r  for the parent of a foreign key
//	%n  for the name that the declaration gives: a template with it is for constraints that have one
//	%%  for %
//
// such as Naming{PK: "pk_%t", FK: "fk_%t_%c_%r", CK: "ck_%t_%n"}. What has no template stays without a name.
type Naming struct{ PK, FK, UQ, CK, IX string }

func (n Naming) metaOption(md *MetaData) { md.naming = n }

// nameParts is what a name can be made of.
type nameParts struct {
	table, parent, given string
	columns              []string
}

// name fills a template.
func (p nameParts) name(template string) (string, error) {
	if template == "" || p.given != "" && !strings.Contains(strings.ReplaceAll(template, "%%", ""), "%n") {
		return p.given, nil
	}
	var b strings.Builder
	for rest := template; rest != ""; {
		text, token, found := strings.Cut(rest, "%")
		b.WriteString(text)
		if !found {
			break
		}
		part, known := p.part(token)
		if !known {
			return p.given, fmt.Errorf("naming convention %q: want %%t, %%c, %%r, %%n or %%%% in place of %%%.1s", template, token)
		}
		if part == "" {
			return p.given, fmt.Errorf("naming convention %q: there is nothing for %%%.1s", template, token)
		}
		b.WriteString(part)
		rest = token[1:]
	}
	return b.String(), nil
}

// part returns what the token at the start of s stands for.
func (p nameParts) part(s string) (part string, known bool) {
	if s == "" {
		return "", false
	}
	switch s[0] {
	case '%':
		return "%", true
	case 't':
		return p.table, true
	case 'c':
		return strings.Join(p.columns, "_"), true
	case 'r':
		return p.parent, true
	case 'n':
		return p.given, true
	}
	return "", false
}
