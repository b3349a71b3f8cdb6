import { describeConformance } from '../../conformance/suite.ts';
import { harness } from './harness.ts';

describeConformance(harness);
