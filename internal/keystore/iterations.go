package keystore

import (
	"encoding/asn1"
	"errors"
	"fmt"
)

// A PKCS#12 file says how often its password is to be hashed, for each of its parts (RFC 7292, section 4 and appendix B).
// Java writes 10,000; a file that asks for billions keeps whoever reads it busy for hours.
const (
	maxIterations = 1_000_000 // in all
	maxDepth      = 24        // of values in values; a store has about fifteen
)

var errIterations = fmt.Errorf("a PKCS#12 key store whose password is to be hashed more than %d times: make it anew with fewer iterations", maxIterations)

// checkIterations looks for counts that are too high together, wherever they can be seen. What is encrypted is not seen,
// and has been let through by its password.
func checkIterations(der []byte) error {
	_, err := iterations(der, 0)
	return err
}

// iterations adds up the counts. One is an INTEGER that stands behind an OCTET STRING, the salt.
func iterations(der []byte, depth int) (sum int, err error) {
	if depth > maxDepth {
		return 0, fmt.Errorf("a PKCS#12 key store with more than %d values in each other", maxDepth)
	}
	for salt := false; len(der) > 0; {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return sum, nil // no DER, as is what an OCTET STRING has for its own; the decoder tells of the rest
		}
		der = rest
		more := 0
		switch {
		case v.Class == asn1.ClassUniversal && v.Tag == asn1.TagInteger && salt:
			if _, err := asn1.Unmarshal(v.FullBytes, &more); err != nil || more < 0 {
				return 0, errors.Join(errIterations, err)
			}
		case v.IsCompound, v.Class == asn1.ClassUniversal && v.Tag == asn1.TagOctetString:
			if more, err = iterations(v.Bytes, depth+1); err != nil {
				return 0, err
			}
		}
		salt = v.Class == asn1.ClassUniversal && v.Tag == asn1.TagOctetString
		if sum += more; sum > maxIterations {
			return 0, errIterations
		}
	}
	return sum, nil
}
