package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// license tells a license by a sentence that no other one has.
type license struct{ name, sentence string }

// allowed are the licenses under which a dependency may come. They ask for a notice and no more, so that a program that
// links this module keeps its own license.
var allowed = []license{
	{"Apache-2.0", "Apache License Version 2.0, January 2004"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"},
	{"BSD", "Redistribution and use in source and binary forms, with or without modification, are permitted"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"},
}

// refused are conditions that make an otherwise allowed text one that is not.
var refused = []license{
	{"BSD with the advertising clause", "All advertising materials mentioning features or use of this software must display"},
	{"Commons Clause", "Commons Clause"},
}

// licenseOf names the license in a text. ok is false if it is none that a dependency may have.
func licenseOf(text string) (name string, ok bool) {
	text = strings.Join(strings.Fields(text), " ")
	has := func(l license) bool { return strings.Contains(text, l.sentence) }
	if i := slices.IndexFunc(refused, has); i >= 0 {
		return refused[i].name, false
	}
	if i := slices.IndexFunc(allowed, has); i >= 0 {
		return allowed[i].name, true
	}
	return "unknown", false
}

var licenseFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying)(\.(md|txt))?$`)

// TestLicenses looks at every module of which a package is linked into the product, into a test, or into a tool.
func TestLicenses(t *testing.T) {
	modules := map[string]string{} // path@version to folder
	for dir, packages := range map[string]string{".": "./...", "integration": "./...", "integration/sqlite": "./...", "examples/otel": "./...", "tools": "tool"} {
		for _, p := range goList(t, dir, "-deps", "-test", "-json=ImportPath,Module", packages) {
			if m := p.Module; m != nil && !strings.HasPrefix(m.Path+"/", module+"/") {
				modules[m.Path+"@"+m.Version] = m.Dir
			}
		}
	}
	if len(modules) == 0 {
		t.Fatal("go list names no dependency at all")
	}
	for name, dir := range modules {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(files, func(f os.DirEntry) bool { return licenseFile.MatchString(f.Name()) })
		if i < 0 {
			t.Errorf("%s has no license file: do without it, or ask its authors for one", name)
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, files[i].Name()))
		if err != nil {
			t.Fatal(err)
		}
		kind, ok := licenseOf(string(text))
		if !ok {
			t.Errorf("%s comes under a license that is not allowed: %s (%s); see the table in this test", name, kind, files[i].Name())
		}
		t.Logf("%-12s %s", kind, name)
	}
}

func TestLicenseOf(t *testing.T) {
	const bsd = "Redistribution and use in source and binary forms, with or without\n modification, are permitted"
	tests := []struct {
		text, want string
		ok         bool
	}{
		{"   Apache License\n   Version 2.0, January 2004\n", "Apache-2.0", true},
		{bsd, "BSD", true},
		{bsd + " 3. All advertising materials mentioning features or use\n of this software must display", "BSD with the advertising clause", false},
		{"GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007", "unknown", false},
		{"Mozilla Public License Version 2.0", "unknown", false},
		{"", "unknown", false},
	}
	for _, tt := range tests {
		if got, ok := licenseOf(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("licenseOf(%.40q) = %q, %v; want %q, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}
